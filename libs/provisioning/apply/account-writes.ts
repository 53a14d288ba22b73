import type { AttributeValue } from '@foyer/platform';
import { searchableEmail, type NewAccount, type RegistryChanges, type ValueOrigin } from '@foyer/userstores';
import type { PlannedAccount, ProvisioningPlan, SetAttribute } from '../plan/plan-steps.js';

type Changes = Record<string, AttributeValue | null>;
type Origins = Record<string, ValueOrigin>;

/** What the steps of a plan come to, for the store and for Foyer's registry of users. */
export interface AccountWrites {
  /** For the store; `null` removes. */
  readonly attributes: Readonly<Changes>;
  /** For the registry. */
  readonly registry: RegistryChanges;
  /**
   * For the registry while a store outside of the transaction is being written: nothing that changes counts as verified then, because the store
   * may hold the earlier value yet, and a crash would leave it at that.
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
      origins.set(step.name, step.origin);
      meanwhile.set(step.name, unverified(step));
    } else if (step.type === 'clearAttribute') {
      attributes.set(step.name, null);
      origins.delete(step.name);
      meanwhile.delete(step.name);
    }
  }
  const email = attributes.get('email');
  const searchable = email === undefined ? {} : { email: email === null ? null : (searchableEmail({ email }) ?? null) };
  return {
    attributes: Object.fromEntries(attributes),
    registry: { origins: Object.fromEntries(origins) satisfies Origins, ...searchable },
    registryMeanwhile: { origins: Object.fromEntries(meanwhile) satisfies Origins, ...searchable },
  };
}

/** The account that a plan creates. */
export function newAccount({ steps }: ProvisioningPlan, { userId, username }: PlannedAccount): NewAccount {
  const set = steps.filter((step) => step.type === 'setAttribute');
  return {
    userId,
    username,
    enabled: true,
    attributes: Object.fromEntries(set.map(({ name, value }) => [name, value])),
    roles: [],
    groups: [],
  };
}

function unverified({ origin }: SetAttribute): ValueOrigin {
  const { by, identityProviderId } = origin;
  return { by, ...(identityProviderId !== undefined && { identityProviderId }) };
}
