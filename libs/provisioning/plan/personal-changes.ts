import type { Attributes } from '@foyer/platform';
import type { RegisteredUser, StoreAccount } from '@foyer/userstores';
import { changesAccount, plannedAccount } from './decision.js';
import type { ClearAttribute, Person, PlanStep, ProvisioningPlan, RevokeConsent, SetAttribute } from './plan-steps.js';

/** A change that a person, or somebody for them, makes to what is kept about them outside of provisioning at a login. */
export interface PersonalChange {
  /** At which identity provider they are known, for the journal. */
  readonly person: Person;
  readonly user: RegisteredUser;
  readonly account: StoreAccount;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly newId: () => string;
}

/**
 * What taking consent back does: the attributes that only it justified go.
 * @param unjustified attributes that nothing else lets be kept
 */
export function planRevocation(change: PersonalChange, revocation: RevokeConsent, unjustified: readonly string[]): ProvisioningPlan {
  const { attributes } = change.account;
  const cleared = unjustified.flatMap((name): ClearAttribute[] => {
    const before = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    return before === undefined ? [] : [{ type: 'clearAttribute', name, before, reason: 'consent.revoked' }];
  });
  return planOf(change, [...cleared, revocation]);
}

/** What a person says about themselves is kept where nothing is kept yet: nobody's word is overwritten, and nothing of it counts as verified. */
export function planSelfAsserted(change: PersonalChange, said: Attributes): ProvisioningPlan {
  const { account, user } = change;
  const set = Object.entries(said).flatMap(([name, value]): SetAttribute[] => {
    const known = Object.hasOwn(account.attributes, name) || name === 'emailVerified';
    return known ? [] : [{ type: 'setAttribute', name, value, origin: { by: 'self' }, reason: 'person.typed' }];
  });
  return planOf({ ...change, user }, set);
}

function planOf({ person, user, now, newId }: PersonalChange, steps: readonly PlanStep[]): ProvisioningPlan {
  const changes = steps.some(changesAccount);
  return {
    id: newId(),
    outcome: changes ? 'update' : 'unchanged',
    code: null,
    person,
    subject: user.id,
    account: plannedAccount(user),
    knownAs: { userId: user.id, userStore: user.userStore, username: user.username },
    mapped: { attributes: {}, roles: [], groups: [] },
    steps: [{ type: 'keepAccount', userId: user.id, reason: changes ? 'account.synced' : 'account.unchanged' }, ...steps],
    plannedAt: now,
  };
}
