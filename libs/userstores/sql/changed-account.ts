import { isDeepStrictEqual } from 'node:util';
import type { Attributes, AttributeValue } from '@foyer/platform';
import type { AccountChanges, StoreAccount } from '../store.js';

/** The account after the changes; done twice, it is the same. */
export function changedAccount(before: StoreAccount, changes: AccountChanges): StoreAccount {
  return {
    userId: before.userId,
    username: changes.username ?? before.username,
    enabled: changes.enabled ?? before.enabled,
    attributes: changedAttributes(before.attributes, changes.attributes ?? {}),
    roles: changedNames(before.roles, changes.roles),
    groups: changedNames(before.groups, changes.groups),
  };
}

function changedAttributes(before: Attributes, changes: Readonly<Record<string, AttributeValue | null>>): Attributes {
  const after: Record<string, AttributeValue> = { ...before };
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) delete after[name];
    else after[name] = value;
  }
  return after;
}

function changedNames(before: readonly string[], changes: AccountChanges['roles']): readonly string[] {
  if (!changes) return before;
  return missing([...new Set([...before, ...(changes.add ?? [])])], changes.remove ?? []);
}

/** What is in `wanted` but not in `present`. */
export const missing = (wanted: readonly string[], present: readonly string[]): string[] =>
  wanted.filter((name) => !present.includes(name));

export const sameAttributes = (one: Attributes, other: Attributes): boolean => isDeepStrictEqual(one, other);
