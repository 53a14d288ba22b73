import type { InputFault } from '../errors/foyer-error.js';
import { setAt, toPlain, valueAt, type Plain } from './plain.js';
import type { SecretField, SettingsObject } from './section.js';

/** What a secret reads as; writing it keeps the stored one. */
export const mask = '***';

/** A copy to show: secrets are masked. */
export function masked(settings: SettingsObject, secrets: readonly SecretField[]): Plain {
  const copy = toPlain(settings);
  for (const { path } of secrets) if (valueAt(copy, path) !== undefined) setAt(copy, path, mask);
  return copy;
}

/** A copy to export: secrets are left out. */
export function withoutSecrets(settings: SettingsObject, secrets: readonly SecretField[]): Plain {
  const copy = toPlain(settings);
  for (const { path } of secrets) setAt(copy, path, undefined);
  return copy;
}

/**
 * Puts stored secrets into input, in place, where it has the mask.
 * @param omitted what a secret that is not mentioned means: `keep` takes the stored one if the input has a use for it
 * @returns a fault for each mask that no stored secret stands behind
 */
export function restoreSecrets(
  input: Plain,
  secrets: readonly SecretField[],
  stored: SettingsObject | undefined,
  { omitted, path }: { readonly omitted: 'keep' | 'drop'; readonly path: string },
): InputFault[] {
  return secrets.flatMap((secret): InputFault[] => {
    const given = valueAt(input, secret.path);
    const kept = valueAt(stored, secret.path);
    if (given === mask && kept === undefined) {
      return [
        {
          path: below(path, secret.path),
          code: 'secret.missing',
          message: 'keeps a stored secret, and there is none: give the secret itself',
        },
      ];
    }
    const forgotten = given === undefined && omitted === 'keep' && (secret.appliesTo?.(input) ?? true);
    if (kept !== undefined && (given === mask || forgotten)) setAt(input, secret.path, kept);
    return [];
  });
}

/** A path below another one. */
export const below = (path: string, rest: string): string =>
  path === '' || rest === '' || rest.startsWith('[') ? `${path}${rest}` : `${path}.${rest}`;
