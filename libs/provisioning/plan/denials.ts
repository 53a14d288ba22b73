import { keyProblem } from '../linking/link-key.js';
import { accountStatusProblem, type RegisteredUser, type StoreAccount } from '@foyer/userstores';
import type { WantedAttributes } from './mapped-attributes.js';
import type { PlanInput } from './plan-input.js';
import type { Denial } from './plan-steps.js';
import { storeIn, type MatchedUser, type StoreView } from './snapshot.js';
import type { ClaimedUsername } from './username.js';

/** Rules that hold for every login, in order; the first that objects denies it. */
export const identityRules = [keyIsUsable, accountIsUsable, claimsAreUsable, requiredClaimsAreThere] as const;

function keyIsUsable({ identity }: PlanInput): Denial | undefined {
  const problem = keyProblem(identity);
  return problem && { reason: problem.code, message: problem.message };
}

function claimsAreUsable(_input: PlanInput, wanted: WantedAttributes): Denial | undefined {
  const fault = wanted.faults[0];
  return (
    fault && {
      reason: fault.code,
      message: `The claim "${fault.claim}" ${fault.message}; it is mapped to "${fault.to}".`,
      claim: fault.claim,
    }
  );
}

function requiredClaimsAreThere(_input: PlanInput, wanted: WantedAttributes): Denial | undefined {
  const absent = wanted.list.find(({ value, mapping }) => value === undefined && mapping.onAbsent === 'fail');
  if (!absent) return undefined;
  const claim = absent.mapping.from ?? absent.to;
  return { reason: 'claim.absent', message: `The claim "${claim}" is absent, and its mapping says "onAbsent: fail".`, claim };
}

function accountIsUsable({ snapshot: { user, account }, now }: PlanInput): Denial | undefined {
  return user && statusOf(user, account, now);
}

/** Whether somebody may log in to an account that is about to be linked. */
export const matchedStatus = ({ user, account }: MatchedUser, now: number): Denial | undefined => statusOf(user, account, now);

const statuses = {
  'account.disabled': 'The account is disabled.',
  'account.locked': 'The account is locked by an administrator.',
  'account.expired': 'The account has expired.',
} as const;

function statusOf(user: RegisteredUser, account: StoreAccount | undefined, now: number): Denial | undefined {
  const reason = accountStatusProblem(user, account, now);
  return reason && { reason, message: statuses[reason] };
}

/** An administrator named this identity for an account, and the settings do not let that count. */
export const namedLink: Denial = {
  reason: 'link.named',
  message: 'An administrator named this identity for an account, but jit.linking.existing is not "pre-provisioned".',
};

/** The store of a domain, or why it cannot be used. */
export function usableStore({ snapshot }: PlanInput, domain: string): StoreView | Denial {
  const store = storeIn(snapshot, domain);
  if (!store) return { reason: 'store.unknown', message: `The user store "${domain}" is not configured.` };
  return store.enabled ? store : { reason: 'store.disabled', message: `The user store "${store.domain}" is disabled.` };
}

/** The account was deleted behind Foyer's back: whoever did it did not mean it to come back at the next login. */
export const accountMissing = (domain: string): Denial => ({
  reason: 'account.missing',
  message: `The user store "${domain}" no longer has this account. Deleting the user in Foyer lets the next login create a new one.`,
});

export function storeCreates({ capabilities, domain }: StoreView): Denial | undefined {
  if (capabilities.create) return undefined;
  return { reason: 'store.cannotCreate', message: `The user store "${domain}" cannot create accounts.` };
}

/** The username that a new account would get: within the store's policy, and nobody else's. */
export function usernameIsFree({ snapshot }: PlanInput, store: StoreView, claimed: ClaimedUsername): Denial | undefined {
  const source = claimed.claim === undefined ? {} : { claim: claimed.claim };
  const from = claimed.claim === undefined ? 'The subject' : `The claim "${claimed.claim}"`;
  const violation = store.policies.username(claimed.username);
  if (violation) {
    const message = `${from} violates the policy "${violation.policy}" of the user store "${store.domain}": ${violation.message}`;
    const reason = violation.code === 'username.malformed' ? violation.code : 'policy.username';
    return { reason, message, policy: violation.policy, ...source };
  }
  if (!snapshot.usernameTaken) return undefined;
  return { reason: 'username.taken', message: `${from} names an account that the user store "${store.domain}" already has.`, ...source };
}
