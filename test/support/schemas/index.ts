import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

const ajv = new Ajv2020({ strict: false, allErrors: true });

function read(file: string): { readonly $defs: Readonly<Record<string, object>> } {
  // A file of ours: README.md says how it was made.
  return JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8')) as { $defs: Record<string, object> };
}

const kinds = ['kubernetes.json', 'keda.json'].map(read).flatMap(({ $defs }) => Object.keys($defs).map((kind) => ({ kind, $defs })));
const validators = new Map<string, ValidateFunction>();

function validatorOf(kind: string): ValidateFunction {
  const known = validators.get(kind);
  if (known) return known;
  const found = kinds.find((each) => each.kind === kind);
  if (!found) throw new Error(`No schema here is of ${kind}`);
  const validate = ajv.compile({ ...found.$defs[kind], $defs: found.$defs });
  validators.set(kind, validate);
  return validate;
}

const faults = ({ errors }: ValidateFunction): string[] =>
  (errors ?? []).map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);

/** What is wrong with a manifest: a line for each fault, none when its kind's schema accepts it. @throws Error when there is no schema of its kind */
export function faultsOfManifest(manifest: { readonly apiVersion: string; readonly kind: string }): string[] {
  const validate = validatorOf(`${manifest.apiVersion} ${manifest.kind}`);
  return validate(manifest) ? [] : faults(validate);
}

const compose = ajv.compile(read('compose.json'));

/** What is wrong with a Compose file, as it is before variables are filled in. */
export const faultsOfCompose = (file: unknown): string[] => (compose(file) ? [] : faults(compose));
