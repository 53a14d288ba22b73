import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';

/** Settings as plain data: what JSON can express. */
export type Plain = Record<string, unknown>;

export const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A copy as JSON would carry it: without keys that have no value, and without classes. */
export function toPlain(settings: object): Plain {
  const copy: unknown = JSON.parse(JSON.stringify(settings));
  return isPlain(copy) ? copy : {};
}

/** A deep copy of outside data. */
export function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  return isPlain(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyOf(item)])) : value;
}

/** The value at a dotted path, undefined when there is none. */
export function valueAt(settings: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (isPlain(value) && Object.hasOwn(value, key) ? value[key] : undefined), settings);
}

/** Sets (or with undefined removes) what stands at a dotted path; where its parent is no object nothing happens. */
export function setAt(settings: Plain, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.length === 0 ? settings : valueAt(settings, keys.join('.'));
  if (!isPlain(parent)) return;
  if (value === undefined) delete parent[last];
  else parent[last] = value;
}

/**
 * Settings that were checked when they were stored, as an instance of their DTO: keys that were added to the DTO since have its defaults.
 */
export function fromStored<T extends object>(type: new () => T, config: unknown): T {
  const instance = plainToInstance(type, config ?? {});
  dropUndefined(instance);
  return instance;
}

function dropUndefined(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) Reflect.deleteProperty(value, key);
    else dropUndefined(item);
  }
}
