import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { parse, parseAllDocuments } from 'yaml';
import { settingsTable } from '@foyer/platform';
import { projectRoot } from '../../../apps/demo/foyer-process.js';
import { exampleNames, heading, placesOf } from '../../../scripts/render-chart.mjs';
import { faultsOfManifest } from '../../support/schemas/index.js';

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: object;
}

interface Container {
  readonly args: readonly string[];
  readonly env: readonly Variable[];
  readonly startupProbe: Probe;
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
}

type Labels = Readonly<Record<string, string>>;

interface PodTemplate {
  readonly metadata: { readonly labels: Labels };
  readonly spec: { readonly containers: readonly Container[]; readonly terminationGracePeriodSeconds: number };
}

/** What the tests look at; that all else is as Kubernetes wants it is what the schemas say. */
interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly replicas?: number;
    readonly template: PodTemplate;
    readonly selector: { readonly matchLabels: Labels } & Labels;
    readonly podSelector: { readonly matchLabels: Labels };
    readonly scaleTargetRef: { readonly name: string };
  };
}

const chart = join(projectRoot(), 'deploy/helm/foyer');
const read = (path: string): string => readFileSync(path, 'utf8');
const manifestsOf = (name: string): Manifest[] =>
  parseAllDocuments(read(placesOf(name).manifests)).flatMap((document) => {
    const manifest = document.toJS() as Manifest | null;
    return manifest ? [manifest] : [];
  });
const kindOf = (name: string, kind: string): Manifest[] => manifestsOf(name).filter((manifest) => manifest.kind === kind);

function containerOf(name: string, component: string): Container {
  const deployment = kindOf(name, 'Deployment').find(({ metadata }) => metadata.name === `foyer-${component}`);
  const [container] = deployment?.spec.template.spec.containers ?? [];
  if (!container) throw new Error(`${name} has no ${component}`);
  return container;
}

const includes = (labels: Labels, selector: Labels): boolean => Object.entries(selector).every(([key, value]) => labels[key] === value);

test('the chart installs the version that it stands beside', () => {
  const { version, appVersion } = parse(read(join(chart, 'Chart.yaml'))) as { version: string; appVersion: string };
  const project = JSON.parse(read(join(projectRoot(), 'package.json'))) as { version: string };
  expect({ version, appVersion }).toEqual({ version: project.version, appVersion: project.version });
});

test('a manifest with a misspelt field, or of the wrong type, is one that Kubernetes refuses', () => {
  const [service] = kindOf('small', 'Service');
  expect(service && faultsOfManifest({ ...service, spec: { ...service.spec, sesionAffinity: 'None' } } as Manifest)).toHaveLength(1);
  expect(service && faultsOfManifest({ ...service, spec: { ...service.spec, type: 80 } } as unknown as Manifest)).not.toEqual([]);
});

describe.each(exampleNames())('the example %s', (name) => {
  test('has manifests that Helm made of the chart and the values as they are now', () => {
    const [first] = read(placesOf(name).manifests).split('\n', 1);
    expect(`${first}\n`).toBe(heading(name));
  });

  test('is what Kubernetes and KEDA accept', () => {
    const manifests = manifestsOf(name);
    expect(manifests.length).toBeGreaterThan(5);
    expect(manifests.flatMap((manifest) => faultsOfManifest(manifest).map((fault) => `${manifest.kind}: ${fault}`))).toEqual([]);
  });

  test('selects and scales the pods that it means, and those alone', () => {
    const pods = kindOf(name, 'Deployment').map(({ metadata, spec }) => ({ name: metadata.name, labels: spec.template.metadata.labels }));
    for (const { kind, metadata, spec } of manifestsOf(name)) {
      const selector = spec?.podSelector?.matchLabels ?? (kind === 'Service' ? spec.selector : spec?.selector?.matchLabels);
      if (!selector) continue;
      const component = kind === 'Service' ? 'foyer-server' : metadata.name;
      expect({ kind, selected: pods.filter(({ labels }) => includes(labels, selector)).map((pod) => pod.name) }).toEqual({
        kind,
        selected: [component],
      });
    }
    const scaled = manifestsOf(name).flatMap(({ spec }) => (spec?.scaleTargetRef ? [spec.scaleTargetRef.name] : []));
    for (const deployment of kindOf(name, 'Deployment')) {
      // Whoever is scaled must not be told a number as well: each upgrade would undo the scaling.
      expect(deployment.spec.replicas === undefined).toBe(scaled.includes(deployment.metadata.name));
    }
  });

  test('has no secret in it, and only variables that are settings', () => {
    const settings = new Map(settingsTable().map((row) => [row.name, row]));
    for (const component of ['server', 'worker']) {
      for (const { name: variable, value } of containerOf(name, component).env) {
        if (!variable.startsWith('FOYER_')) continue;
        expect([variable, settings.has(variable)]).toEqual([variable, true]);
        if (settings.get(variable)?.secret) expect([variable, value]).toEqual([variable, undefined]);
      }
    }
  });

  test('gives every process what a cluster needs, and the worker nothing of the administrator’s', () => {
    const given = (component: string): string[] => containerOf(name, component).env.map((variable) => variable.name);
    const cluster = ['FOYER_PUBLIC_URL', 'FOYER_DATABASE_URL', 'FOYER_REDIS_URL', 'FOYER_SECRET_KEY'];
    expect(given('server')).toEqual(expect.arrayContaining(cluster));
    expect(given('worker')).toEqual(expect.arrayContaining(cluster));
    expect(given('worker').filter((variable) => variable.includes('ADMIN'))).toEqual([]);
    expect([containerOf(name, 'server').args, containerOf(name, 'worker').args]).toEqual([['server'], ['worker']]);
  });

  test('waits for migrations at the start, asks what is meant for probes, and lets a server end in order', () => {
    for (const component of ['server', 'worker']) {
      const { startupProbe, readinessProbe, livenessProbe } = containerOf(name, component);
      // A database that is away must not restart everybody.
      expect([startupProbe, readinessProbe, livenessProbe].map(({ httpGet }) => httpGet.path)).toEqual([
        '/health/live',
        '/health/ready',
        '/health/live',
      ]);
      // One process migrates while the others wait for a minute.
      expect(startupProbe.periodSeconds * startupProbe.failureThreshold).toBeGreaterThanOrEqual(120);
    }
    const drain = Number(containerOf(name, 'server').env.find((variable) => variable.name === 'FOYER_DRAIN_SECONDS')?.value);
    const [server] = kindOf(name, 'Deployment').filter(({ metadata }) => metadata.name === 'foyer-server');
    expect(server?.spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(drain + 10);
  });
});

describe('the values', () => {
  const schema = JSON.parse(read(join(chart, 'values.schema.json'))) as object;
  const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
  const accepts = (values: unknown): boolean => validate(values);

  test('are what their schema says, the defaults as well as the examples', () => {
    expect(accepts(parse(read(join(chart, 'values.yaml'))))).toBe(true);
    for (const name of exampleNames()) expect([name, accepts(parse(read(placesOf(name).values)))]).toEqual([name, true]);
  });

  test.each([
    ['a misspelt key', { server: { replica: 2 } }],
    ['a secret among the settings', { settings: { FOYER_SECRET_KEY: 'x' } }],
    ['a setting that the chart sets', { settings: { FOYER_DATA_DIR: '/data' } }],
    ['a variable that is none of Foyer', { settings: { PATH: '/' } }],
    ['an address with a path', { publicUrl: 'https://login.example.org/foyer' }],
    ['an address without encryption', { publicUrl: 'http://login.example.org' }],
    ['no server at all', { server: { replicas: 0 } }],
    ['a worker that is never there', { worker: { autoscaling: { minReplicas: 0 } } }],
    ['a share that is none', { worker: { maxUnavailable: 'some' } }],
  ])('refuse %s', (_, values) => {
    expect(accepts(values)).toBe(false);
  });

  test('may name every setting that is neither a secret nor the chart’s own', () => {
    const own = ['PORT', 'FOYER_PUBLIC_URL', 'FOYER_DATA_DIR', 'FOYER_CONFIG', 'FOYER_DRAIN_SECONDS'];
    for (const { name, secret } of settingsTable()) {
      expect([name, accepts({ settings: { [name]: 'x' } })]).toEqual([name, !secret && !own.includes(name)]);
    }
  });
});
