import { isDeepStrictEqual } from 'node:util';
import type { AttributeValue } from '@foyer/platform';
import {
  searchableEmail,
  searchableKeys,
  type AccountChanges,
  type MembershipGrants,
  type NewAccount,
  type PreparedPassword,
  type RegisteredUser,
  type RegistryChanges,
  type StoreAccount,
  type ValueOrigin,
} from '@foyer/userstores';
import { stepOf, type PlannedAccount, type ProvisioningPlan } from '../plan/plan-steps.js';
import { grantsAfter } from '../roles/grants-after.js';

type Changes = Record<string, AttributeValue | null>;
type Origins = Record<string, ValueOrigin>;

/** What the steps of a plan come to, for the store and for Foyer's registry of users. */
export interface AccountWrites {
  /** For the store; undefined when nothing changes there. */
  readonly changes: AccountChanges | undefined;
  /** For the registry. */
  readonly registry: RegistryChanges;
  /**
   * For the registry while a store outside of the transaction is being written: nothing that changes counts as verified then, because the store
   * may hold the earlier value yet, and a crash would leave it at that. Grants and the origins of values are added already and not taken away yet:
   * what was taken too early would look like an administrator's, and stay.
   */
  readonly registryMeanwhile: RegistryChanges;
}

export function accountWrites(plan: ProvisioningPlan): AccountWrites {
  const attributes = new Map<string, AttributeValue | null>();
  const origins = new Map<string, ValueOrigin>(Object.entries(plan.account?.basedOn?.origins ?? {}));
  const meanwhile = new Map(origins);
  for (const step of plan.steps) {
    if (step.type === 'setAttribute') {
      if (step.reason !== 'claim.confirmed') attributes.set(step.name, step.value);
      const origin = { ...step.origin, since: plan.plannedAt };
      origins.set(step.name, origin);
      meanwhile.set(step.name, unverified(origin));
    } else if (step.type === 'clearAttribute') {
      attributes.set(step.name, null);
      const origin = origins.get(step.name);
      if (origin) meanwhile.set(step.name, unverified(origin));
      origins.delete(step.name);
    }
  }
  const written = Object.fromEntries(attributes);
  const email = attributes.get('email');
  const searchable = {
    ...(email !== undefined && { email: email === null ? null : (searchableEmail({ email }) ?? null) }),
    ...(attributes.size > 0 && { keys: searchableKeys(written) }),
  };
  const { now, before } = grantsOf(plan);
  const suspended = stepOf(plan, 'suspendRoles')?.roles;
  return {
    changes: changesOf(plan, written),
    registry: {
      origins: Object.fromEntries(origins) satisfies Origins,
      ...searchable,
      ...(now && { grants: now }),
      ...(suspended && { suspendedRoles: suspended }),
    },
    registryMeanwhile: { origins: Object.fromEntries(meanwhile) satisfies Origins, ...searchable, ...(before && { grants: before }) },
  };
}

function changesOf({ steps }: ProvisioningPlan, attributes: Changes): AccountChanges | undefined {
  const names = (type: 'assignRole' | 'assignGroup' | 'removeRole' | 'removeGroup'): string[] =>
    steps.flatMap((step) => {
      if (step.type !== type) return [];
      return ('present' in step ? step.present : step.stays) ? [] : step.name;
    });
  const roles = { add: names('assignRole'), remove: names('removeRole') };
  const groups = { add: names('assignGroup'), remove: names('removeGroup') };
  const changes = {
    ...(Object.keys(attributes).length > 0 && { attributes }),
    ...(roles.add.length + roles.remove.length > 0 && { roles }),
    ...(groups.add.length + groups.remove.length > 0 && { groups }),
  };
  return Object.keys(changes).length > 0 ? changes : undefined;
}

function grantsOf({ account, outcome, steps, person }: ProvisioningPlan): {
  now?: RegistryChanges['grants'];
  before?: RegistryChanges['grants'];
} {
  const granted = steps.filter((step) => step.type === 'assignRole' || step.type === 'assignGroup');
  const taken = steps.filter((step) => step.type === 'removeRole' || step.type === 'removeGroup');
  // What is written down of an account that its store never got counts for nothing.
  if (granted.length + taken.length === 0 && outcome !== 'create') return {};
  const present = account?.basedOn?.grants ?? {};
  return {
    now: grantsAfter(present, [...granted, ...taken], person.identityProviderId),
    before: grantsAfter(present, granted, person.identityProviderId),
  };
}

/**
 * For the registry while a store is given an account of a user who was there before: with all that earlier tries may have given it, of which nobody knows
 * whether it got there. Undefined when the registry has that already.
 */
export function reservedMeanwhile(
  plan: ProvisioningPlan,
  { origins, grants }: Pick<RegisteredUser, 'origins' | 'grants'>,
): RegistryChanges | undefined {
  const { registryMeanwhile } = accountWrites(plan);
  const changes = {
    ...registryMeanwhile,
    origins: { ...origins, ...registryMeanwhile.origins },
    grants: allGrants(grants, registryMeanwhile.grants ?? {}),
  };
  const since = (all: Readonly<Origins>): unknown => Object.entries(all).map(([name, origin]) => [name, { ...origin, since: 0 }]);
  const isKnown = isDeepStrictEqual(since(changes.origins), since(origins)) && isDeepStrictEqual(changes.grants, grants);
  return isKnown ? undefined : changes;
}

function allGrants(one: MembershipGrants, other: MembershipGrants): MembershipGrants {
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...keys].map((key) => [key, [...new Set([...(one[key] ?? []), ...(other[key] ?? [])])]]));
}

/** The account that a plan creates. */
export function newAccount(
  { steps }: ProvisioningPlan,
  { userId, username }: PlannedAccount,
  password: PreparedPassword | undefined,
): NewAccount {
  const attributes = steps.flatMap((step) => (step.type === 'setAttribute' ? [[step.name, step.value] as const] : []));
  return {
    userId,
    username,
    enabled: true,
    attributes: Object.fromEntries(attributes),
    roles: steps.flatMap((step) => (step.type === 'assignRole' ? step.name : [])),
    groups: steps.flatMap((step) => (step.type === 'assignGroup' ? step.name : [])),
    ...(password && { password }),
  };
}

/** Whether an account is what it was to become. */
export function isLike(account: StoreAccount | undefined, { attributes, roles, groups }: NewAccount): boolean {
  if (!account) return false;
  const names = (all: readonly string[]): string[] => [...new Set(all)].sort();
  const present = [account.attributes, names(account.roles), names(account.groups)];
  return isDeepStrictEqual(present, [attributes, names(roles), names(groups)]);
}

const unverified = ({ verified: _verified, ...origin }: ValueOrigin): ValueOrigin => origin;
