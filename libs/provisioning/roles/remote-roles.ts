import type { Denial } from '../plan/plan-steps.js';

const maxRoles = 5_000;
/** In characters; a mapping's `remote` cannot be longer. */
const maxLength = 512;

/**
 * The remote roles that a claim carries: a list of texts, or one text. Duplicates count once, and empty texts not at all. An absent claim carries
 * none; one of another form denies the login, because nobody knows what it would have granted or taken away.
 */
export function remoteRoles(claim: unknown, claimName: string): readonly string[] | Denial {
  if (claim === undefined || claim === null) return [];
  const values: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  const roles = new Set<string>();
  for (const value of values) {
    if (typeof value !== 'string') return denied('roles.type', claimName, 'is neither a text nor a list of texts');
    if (value.length > maxLength) return denied('roles.tooLong', claimName, `has a role of more than ${maxLength} characters`);
    if (value !== '') roles.add(value);
    if (roles.size > maxRoles) return denied('roles.tooMany', claimName, `has more than ${maxRoles} roles`);
  }
  return [...roles];
}

const denied = (reason: Denial['reason'], claim: string, problem: string): Denial => ({
  reason,
  message: `The claim "${claim}", which carries roles, ${problem}.`,
  claim,
});
