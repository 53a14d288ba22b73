import type { InputFault } from '../errors/foyer-error.js';
import { itemPath, keyPath } from './path.js';

const maxDepth = 20;
/** With the `u` flag, only surrogates that belong to no pair. */
const loneSurrogate = /[\uD800-\uDFFF]/u;

/** What no input may contain, whatever its type: found before anything is built from it. Takes any value that JSON or YAML can express. */
export function hostileFaults(value: unknown, path: string): InputFault[] {
  const faults: InputFault[] = [];
  visit(value, path, 1, faults);
  return faults;
}

function visit(value: unknown, path: string, depth: number, faults: InputFault[]): void {
  if (typeof value === 'string') {
    const problem = textProblem(value);
    if (problem) faults.push({ path, code: 'value.invalid', message: problem });
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth > maxDepth) {
    faults.push({ path, code: 'value.tooDeep', message: `must not be nested deeper than ${maxDepth} levels` });
    return;
  }
  if (Array.isArray(value)) {
    value.forEach((item, index) => visit(item, itemPath(path, index), depth + 1, faults));
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    faults.push({ path, code: 'type.wrong', message: 'must be a plain object' });
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    // Keys such as `__proto__`, `constructor` or `toString` mean something to every object.
    if (key in Object.prototype || key === 'prototype' || textProblem(key)) {
      faults.push({ path: keyPath(path, key), code: 'key.unknown', message: 'is not a known key' });
    } else {
      visit(item, keyPath(path, key), depth + 1, faults);
    }
  }
}

function textProblem(text: string): string | undefined {
  if (text.includes('\0')) return 'must not contain the character NUL';
  return loneSurrogate.test(text) ? 'must be valid Unicode text' : undefined;
}
