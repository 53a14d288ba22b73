import { invalidInput } from '../errors/foyer-error.js';
import { hostileFaults } from '../validation/hostile.js';

type Json = Readonly<Record<string, unknown>>;

/**
 * The object that a merge patch makes of another (RFC 7396): named keys replace, `null` removes, objects merge, lists are replaced whole. Neither
 * argument changes. The result is outside data still: parse it.
 * @throws FoyerError `input.invalid` when the patch is no object, or contains what no input may
 */
export function mergePatch(target: Json, patch: unknown): Json {
  if (!isObject(patch)) throw invalidInput([{ path: '', code: 'type.wrong', message: 'must be an object' }]);
  const hostile = hostileFaults(patch, '');
  if (hostile.length > 0) throw invalidInput(hostile);
  return merged(target, patch);
}

function merged(target: Json, patch: Json): Json {
  const result = new Map(Object.entries(target));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) {
      result.delete(key);
    } else if (isObject(value)) {
      const old = result.get(key);
      result.set(key, merged(isObject(old) ? old : {}, value));
    } else {
      result.set(key, value);
    }
  }
  return Object.fromEntries(result);
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
