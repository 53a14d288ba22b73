import { isDeepStrictEqual } from 'node:util';
import { keyPath } from '../validation/path.js';
import { isPlain, valueAt } from './plain.js';
import { mask, withoutSecrets } from './secrets.js';
import type { SecretField, SettingsObject } from './section.js';

/** One field in which settings differ; a side on which it is absent is undefined; secrets are masked. */
export interface FieldDifference {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What differs between two settings, field by field. Lists count as one field. */
export function differences(before: SettingsObject, after: SettingsObject, secrets: readonly SecretField[]): FieldDifference[] {
  const found: FieldDifference[] = [];
  // Secrets are taken out first, so that none is shown as part of what surrounds it.
  compare(withoutSecrets(before, secrets), withoutSecrets(after, secrets), '', found);
  for (const { path } of secrets) {
    const [old, now] = [valueAt(before, path), valueAt(after, path)];
    if (old !== now) found.push({ path, before: hidden(old), after: hidden(now) });
  }
  return found;
}

function compare(before: unknown, after: unknown, path: string, found: FieldDifference[]): void {
  if (isDeepStrictEqual(before, after)) return;
  const keys = isPlain(before ?? {}) && isPlain(after ?? {}) ? new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]) : [];
  const [old, now] = [isPlain(before) ? before : {}, isPlain(after) ? after : {}];
  for (const key of keys) compare(old[key], now[key], keyPath(path, key), found);
  if ([...keys].length === 0) found.push({ path, before, after });
}

const hidden = (value: unknown): string | undefined => (value === undefined ? undefined : mask);
