import { isDeepStrictEqual } from 'node:util';
import { isPlain, toPlain } from './plain.js';
import { below, mask } from './secrets.js';
import type { SecretField, SettingsObject } from './section.js';

/** One field in which settings differ; a side on which it is absent is undefined; secrets are masked. */
export interface FieldDifference {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What differs between two settings, field by field. Lists count as one field. */
export function differences(before: SettingsObject, after: SettingsObject, secrets: readonly SecretField[]): FieldDifference[] {
  const secret = new Set(secrets.map(({ path }) => path));
  const found: FieldDifference[] = [];
  compare(toPlain(before), toPlain(after), '', (difference) => {
    const hidden = secret.has(difference.path) ? hide(difference) : difference;
    found.push(hidden);
  });
  return found;
}

function compare(before: unknown, after: unknown, path: string, report: (difference: FieldDifference) => void): void {
  if (isPlain(before) && isPlain(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) compare(before[key], after[key], below(path, key), report);
  } else if (!isDeepStrictEqual(before, after)) {
    report({ path, before, after });
  }
}

const hide = ({ path, before, after }: FieldDifference): FieldDifference => ({
  path,
  before: before === undefined ? undefined : mask,
  after: after === undefined ? undefined : mask,
});
