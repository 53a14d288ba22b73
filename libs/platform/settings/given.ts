import { readFileSync } from 'node:fs';
import { errorCode } from '../errors/error-code.js';
import type { Variable } from './declaration.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a secret's value stands may be said instead of the value: Docker, Compose and Kubernetes hand out secrets as files. */
export const fileVariable = ({ name, secret }: Pick<Variable<unknown>, 'name' | 'secret'>): string | undefined =>
  secret ? `${name}_FILE` : undefined;

/** What is wrong with how a value was given, as a whole sentence. */
export class NotGiven extends Error {}

/** The text of a variable, or of the file that `{name}_FILE` names, less one line break at its end. An empty one counts as absent. */
export function givenText(env: Environment, variable: Pick<Variable<unknown>, 'name' | 'secret'>): string | undefined {
  const file = fileVariable(variable);
  const [text, path] = [env[variable.name] || undefined, (file && env[file]) || undefined];
  if (file === undefined || path === undefined) return text;
  if (text !== undefined) throw new NotGiven(`${variable.name} and ${file} must not both be given`);
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '') || undefined;
  } catch (error) {
    throw new NotGiven(`${file} must name a file that can be read; got ${JSON.stringify(path)} (${errorCode(error)})`);
  }
}
