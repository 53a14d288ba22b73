import { isDeepStrictEqual } from 'node:util';
import type { AttributeValue } from '@foyer/platform';
import { accountStatusProblem } from '../account-status.js';
import type { RegistryChanges } from '../contract.js';
import { effectiveRoles } from '../effective-roles.js';
import { withoutGrants, type Membership } from '../membership-grants.js';
import { searchableEmail } from '../registry/searchable-email.js';
import { searchableKeys } from '../registry/searchable-keys.js';
import type { AccountChanges } from '../store.js';
import type { ValueOrigin } from '../users.js';
import type { LinkChanges, NamedIdentity } from './contract.js';
import type { ChangeUserDto } from './user.dto.js';
import { expiryOf } from './user-input.js';
import type { FoundUser } from './users-reader.js';

/** What makes a user what an administrator wants. */
export interface UserChanges {
  readonly account: AccountChanges;
  readonly registry: RegistryChanges;
  /** Undefined: the links stay. */
  readonly relinks: Pick<LinkChanges, 'add' | 'remove'> | undefined;
  /** Roles that are given or taken. */
  readonly rolesConcerned: readonly string[];
  /** Local from now on: what is kept of earlier sources is to be forgotten before the store has them, */
  readonly given: readonly Membership[];
  /** and for these, which nobody grants any more, afterwards. */
  readonly taken: readonly Membership[];
  /** Something changes that the store holds. */
  readonly inStore: boolean;
  /** Nothing changes but, maybe, the password. */
  readonly none: boolean;
  /** The person may not log in any more. */
  readonly disables: boolean;
}

/** @param now milliseconds since the epoch */
export function userChanges(found: FoundUser, wanted: ChangeUserDto, now: number): UserChanges {
  const { user, account } = found;
  const attributes = changedAttributes(account.attributes, wanted.attributes);
  const roles = changedNames(effectiveRoles(user, account), wanted.roles);
  const groups = changedNames(account.groups, wanted.groups);
  // One that is given counts again at once. The others stay to be taken away, whatever else is changed.
  const suspended = user.suspendedRoles.filter((name) => !roles?.add.includes(name));
  const enabled = user.enabled && account.enabled;
  const names = Object.keys(attributes);
  const given = memberships(roles?.add, groups?.add);
  const taken = memberships(roles?.remove, groups?.remove);
  const renamed = wanted.username !== user.username && { username: wanted.username };
  const switched = wanted.enabled !== enabled && { enabled: wanted.enabled };
  const expiresAt = expiryOf(wanted);
  const changes = {
    account: {
      ...renamed,
      ...switched,
      ...(names.length > 0 && { attributes }),
      ...(roles && { roles: { ...roles, add: roles.add.filter((name) => !account.roles.includes(name)) } }),
      ...(groups && { groups }),
    },
    registry: {
      ...renamed,
      ...switched,
      ...(wanted.locked !== user.locked && { locked: wanted.locked }),
      ...(expiresAt !== user.expiresAt && { expiresAt: expiresAt ?? null }),
      ...(given.length + taken.length > 0 && { grants: withoutGrants(user.grants, [...given, ...taken]) }),
      ...(suspended.length < user.suspendedRoles.length && { suspendedRoles: suspended }),
      ...(names.length > 0 && { origins: withLocal(user.origins, names, now) }),
      ...(names.length > 0 && { keys: searchableKeys(attributes) }),
      ...(names.includes('email') && { email: searchableEmail(wanted.attributes) ?? null }),
    },
  };
  const relinks = { add: lacking(wanted.links, found.links), remove: lacking(found.links, wanted.links) };
  const relinked = relinks.add.length + relinks.remove.length > 0;
  const after = { enabled: wanted.enabled, locked: wanted.locked, ...(expiresAt !== undefined && { expiresAt }) };
  return {
    ...changes,
    relinks: relinked ? relinks : undefined,
    given,
    taken,
    rolesConcerned: [...(roles?.add ?? []), ...(roles?.remove ?? [])],
    inStore: Object.keys(changes.account).length > 0,
    none: !relinked && Object.keys({ ...changes.account, ...changes.registry }).length === 0,
    disables: accountStatusProblem(user, account, now) === undefined && accountStatusProblem(after, undefined, now) !== undefined,
  };
}

/** Those identities that the others are not. */
const lacking = (identities: readonly NamedIdentity[], others: readonly NamedIdentity[]): NamedIdentity[] =>
  identities.filter(
    ({ identityProvider, subject }) => !others.some((other) => other.identityProvider === identityProvider && other.subject === subject),
  );

/** Whatever an administrator wrote or took away is local from then on: also the absence of a value has an origin. */
export function withLocal(
  origins: Readonly<Record<string, ValueOrigin>>,
  names: readonly string[],
  now: number,
): Record<string, ValueOrigin> {
  return { ...origins, ...Object.fromEntries(names.map((name) => [name, { by: 'local', since: now } as const])) };
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

function changedNames(
  before: readonly string[],
  after: readonly string[],
): { readonly add: string[]; readonly remove: string[] } | undefined {
  const add = after.filter((name) => !before.includes(name));
  const remove = before.filter((name) => !after.includes(name));
  return add.length + remove.length > 0 ? { add, remove } : undefined;
}
