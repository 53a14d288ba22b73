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
 * The username that the external identity asks for: the claim of `claims.userId`, otherwise the subject. An absent claim is no reason to fall back
 * to the subject: two rules for names would let one person get the name of another.
 */
export function claimedUsername({ identity, identityProvider }: Source): ClaimedUsername | Denial {
  const claim = identityProvider.claims.userId;
  const value = claim === undefined ? identity.subject : findClaim(identity.claims, claim);
  if (value === undefined || value === null || value === '') {
    return { reason: 'username.absent', message: `The claim "${claim}", which names the account, is absent.`, claim };
  }
  const username = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof username !== 'string') return { reason: 'username.malformed', message: `The claim "${claim}" is not a text.`, claim };
  const problem = usernameProblem(username);
  if (problem !== undefined) return { reason: 'username.malformed', message: problem, ...(claim !== undefined && { claim }) };
  return { username, ...(claim !== undefined && { claim }) };
}

/** Whether the identity provider now asks for another name than the account has. A name that is absent asks for nothing. */
export function asksForAnotherName(source: Source, username: string): boolean {
  const claimed = claimedUsername(source);
  if ('reason' in claimed) return claimed.reason === 'username.malformed';
  return usernameKey(claimed.username) !== usernameKey(username);
}
