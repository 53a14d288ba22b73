// Makes the schemas beside this file out of what their owners publish, README.md says whence: only the kinds that we write, without descriptions.
//
//   node reduce.mjs kubernetes v1.30.0-local-strict > kubernetes.json
//   node reduce.mjs keda keda.sh_scaledobjects.yaml > keda.json
//   node reduce.mjs compose compose-spec.json > compose.json
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const kubernetesKinds = {
  'apps/v1 Deployment': 'deployment-apps-v1',
  'autoscaling/v2 HorizontalPodAutoscaler': 'horizontalpodautoscaler-autoscaling-v2',
  'networking.k8s.io/v1 Ingress': 'ingress-networking-v1',
  'networking.k8s.io/v1 NetworkPolicy': 'networkpolicy-networking-v1',
  'policy/v1 PodDisruptionBudget': 'poddisruptionbudget-policy-v1',
  'v1 ConfigMap': 'configmap-v1',
  'v1 Service': 'service-v1',
  'v1 ServiceAccount': 'serviceaccount-v1',
};

/** Without prose, and without what only Kubernetes' own tools understand. A property may be called `description`. */
function terse(schema, isProperties = false) {
  if (Array.isArray(schema)) return schema.map((item) => terse(item));
  if (typeof schema !== 'object' || schema === null) return schema;
  const kept = Object.entries(schema).filter(
    ([key]) => isProperties || (key !== 'description' && !key.startsWith('x-') && key !== 'format'),
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, terse(value, !isProperties && (key === 'properties' || key === '$defs'))]));
}

const references = (schema) => [...JSON.stringify(schema).matchAll(/"#\/\$defs\/([^"]+)"/g)].map(([, name]) => name);

function kubernetes(folder) {
  const read = (name) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8').replaceAll('/api/_definitions.json#', '#'));
  const all = read('_definitions').$defs;
  const kinds = Object.entries(kubernetesKinds).map(([kind, file]) => {
    const { properties, required, type } = terse(read(file));
    const { status: _, ...written } = properties;
    return [kind, { type, required: [...(required ?? []), 'apiVersion', 'kind'], additionalProperties: false, properties: written }];
  });
  const $defs = Object.fromEntries(kinds);
  for (const wanted = references($defs); wanted.length > 0;) {
    const name = wanted.pop();
    if ($defs[name]) continue;
    $defs[name] = terse(all[name]);
    wanted.push(...references($defs[name]));
  }
  return { $defs };
}

/** A custom resource's schema lists what there is without saying that nothing else is: unknown fields are dropped in silence. */
function strict(schema) {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inside = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strict(value)]));
  return inside.properties && inside.type === 'object' && inside.additionalProperties === undefined
    ? { ...inside, additionalProperties: false }
    : inside;
}

function keda(file) {
  const { spec } = parse(readFileSync(file, 'utf8'));
  const { properties } = terse(spec.versions[0].schema.openAPIV3Schema);
  const scaledObject = {
    type: 'object',
    required: ['apiVersion', 'kind', 'spec'],
    properties: {
      apiVersion: { enum: [`${spec.group}/${spec.versions[0].name}`] },
      kind: { enum: [spec.names.kind] },
      metadata: { type: 'object' },
      spec: properties.spec,
    },
  };
  return { $defs: { [`${spec.group}/${spec.versions[0].name} ${spec.names.kind}`]: strict(scaledObject) } };
}

const compose = (file) => terse(JSON.parse(readFileSync(file, 'utf8')));

const reducers = { kubernetes, keda, compose };
const [what, from] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(reducers[what](from))}\n`);
