import { findClaim } from '@foyer/federation';
import { usernameKey, usernameProblem } from '@foyer/userstores';
import type { PlanInput } from './plan-input.js';
import type { Denial } from './plan-steps.js';

type Source = Pick<PlanInput, 'identity' | 'identityProvider'>;

export interface ClaimedUsername {
  readonly username: string;
  /** The claim that it comes from; the subject when absent. */
  readonly claim?: string;
}

/**
 * What the external identity says that names the account: the claim of `claims.userId`, otherwise the subject. An absent claim is no reason to
 * fall back to the subject: two rules for names would let one person get the name of another.
 */
export function claimedName({ identity, identityProvider }: Source): { readonly value: string; readonly claim?: string } | Denial {
  const claim = identityProvider.claims.userId;
  const value = claim === undefined ? identity.subject : findClaim(identity.claims, claim);
  if (value === undefined || value === null || value === '') {
    return { reason: 'username.absent', message: `The claim "${claim}", which names the account, is absent.`, claim };
  }
  const name = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof name !== 'string') return { reason: 'username.malformed', message: `The claim "${claim}" is not a text.`, claim };
  return { value: name, ...(claim !== undefined && { claim }) };
}

/** The username that the external identity asks for, without a domain. */
export function readUsername(source: Source): ClaimedUsername | Denial {
  const name = claimedName(source);
  if ('reason' in name) return name;
  const { value, ...claim } = name;
  const problem = usernameProblem(value);
  return problem === undefined ? { username: value, ...claim } : { reason: 'username.malformed', message: problem, ...claim };
}

/** Whether the identity provider now asks for another name than the account has. A name that is absent asks for nothing. */
export function asksForAnotherName(claimed: ClaimedUsername | Denial, username: string): boolean {
  if ('reason' in claimed) return claimed.reason === 'username.malformed';
  return usernameKey(claimed.username) !== usernameKey(username);
}
