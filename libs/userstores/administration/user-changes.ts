import { isDeepStrictEqual } from 'node:util';
import type { AttributeValue } from '@foyer/platform';
import type { RegistryChanges } from '../contract.js';
import { withoutGrants, type Membership } from '../membership-grants.js';
import { searchableEmail } from '../registry/searchable-email.js';
import { searchableKeys } from '../registry/searchable-keys.js';
import type { AccountChanges } from '../store.js';
import type { ValueOrigin } from '../users.js';
import type { ChangeUserDto } from './user.dto.js';
import type { FoundUser } from './users-reader.js';

/** What makes a user what an administrator wants. */
export interface UserChanges {
  readonly account: AccountChanges;
  readonly registry: RegistryChanges;
  /** Roles that are given or taken. */
  readonly rolesConcerned: readonly string[];
  /** Local from now on: what is kept of earlier sources is to be forgotten before the store has them, */
  readonly given: readonly Membership[];
  /** and for these, which nobody grants any more, afterwards. */
  readonly taken: readonly Membership[];
  /** Nothing changes but, maybe, the password. */
  readonly none: boolean;
  /** The person may not log in any more. */
  readonly disables: boolean;
}

export function userChanges({ user, account }: FoundUser, wanted: ChangeUserDto): UserChanges {
  const attributes = changedAttributes(account.attributes, wanted.attributes);
  const roles = changedNames(account.roles, wanted.roles);
  const groups = changedNames(account.groups, wanted.groups);
  const enabled = user.enabled && account.enabled;
  const names = Object.keys(attributes);
  const given = memberships(roles?.add, groups?.add);
  const taken = memberships(roles?.remove, groups?.remove);
  const renamed = wanted.username !== user.username && { username: wanted.username };
  const switched = wanted.enabled !== enabled && { enabled: wanted.enabled };
  const changes = {
    account: {
      ...renamed,
      ...switched,
      ...(names.length > 0 && { attributes }),
      ...(roles && { roles }),
      ...(groups && { groups }),
    },
    registry: {
      ...renamed,
      ...switched,
      ...(given.length + taken.length > 0 && { grants: withoutGrants(user.grants, [...given, ...taken]) }),
      ...(names.length > 0 && { origins: withLocal(user.origins, names) }),
      ...(names.length > 0 && { keys: searchableKeys(attributes) }),
      ...(names.includes('email') && { email: searchableEmail(wanted.attributes) ?? null }),
    },
  };
  return {
    ...changes,
    given,
    taken,
    rolesConcerned: [...(roles?.add ?? []), ...(roles?.remove ?? [])],
    none: Object.keys(changes.account).length === 0,
    disables: enabled && !wanted.enabled,
  };
}

/** Whatever an administrator wrote or took away is local from then on: also the absence of a value has an origin. */
export function withLocal(origins: Readonly<Record<string, ValueOrigin>>, names: readonly string[]): Record<string, ValueOrigin> {
  return { ...origins, ...Object.fromEntries(names.map((name) => [name, { by: 'local' } as const])) };
}

const memberships = (roles: readonly string[] = [], groups: readonly string[] = []): Membership[] => [
  ...roles.map((name) => ({ kind: 'role' as const, name })),
  ...groups.map((name) => ({ kind: 'group' as const, name })),
];

function changedAttributes(before: ChangeUserDto['attributes'], after: ChangeUserDto['attributes']): Record<string, AttributeValue | null> {
  const set = Object.entries(after).filter(([name, value]) => !isDeepStrictEqual(before[name], value));
  const removed = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  return Object.fromEntries<AttributeValue | null>([...set, ...removed.map((name) => [name, null] as const)]);
}

function changedNames(before: readonly string[], after: readonly string[]): AccountChanges['roles'] {
  const add = after.filter((name) => !before.includes(name));
  const remove = before.filter((name) => !after.includes(name));
  return add.length + remove.length > 0 ? { add, remove } : undefined;
}
