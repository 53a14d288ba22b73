import { findClaim } from '@foyer/federation';
import type { IdentityProvider, MatchAttribute, MatchRule } from '@foyer/identity-providers';
import { isPrivilegedRole } from '@foyer/admin-access';
import type { PlanInput } from './plan-input.js';
import type { AskOwnership, Denial, LinkAccount } from './plan-steps.js';
import type { Place } from './place.js';
import { storeIn, type MatchedUser } from './snapshot.js';
import { emailIsVerified } from './verified-email.js';

/** A value by which an existing account is looked for. */
export interface MatchValue {
  readonly attribute: MatchAttribute;
  readonly value: string;
}

/** By what accounts are looked for where the settings do not say. */
const usualRules: Readonly<Record<IdentityProvider['jit']['linking']['existing'], readonly MatchRule[]>> = {
  deny: [],
  'prove-ownership': [{ attribute: 'username' }],
  'verified-email': [{ attribute: 'email', claim: 'email' }],
  'pre-provisioned': [],
};

/** The values by which the account is looked for that the person may have, in order. A claim that is absent or no text finds nobody. */
export function matchValues({ identity, identityProvider }: Pick<PlanInput, 'identity' | 'identityProvider'>, place: Place): MatchValue[] {
  const { existing, match } = identityProvider.jit.linking;
  const rules = match.length > 0 ? match : usualRules[existing];
  return rules.flatMap(({ attribute, claim }) => {
    if (attribute === 'username' && claim === undefined) {
      return 'reason' in place.claimed ? [] : [{ attribute, value: place.claimed.username }];
    }
    const found = claim === undefined ? identity.subject : findClaim(identity.claims, claim);
    const value = typeof found === 'number' ? String(found) : found;
    return typeof value === 'string' && value.trim() !== '' ? [{ attribute, value }] : [];
  });
}

/** By what right an account is linked. */
export interface LinkGrounds {
  readonly reason: LinkAccount['reason'];
  /** It was a proof, which is of one request: with what else is missing, it is asked for again. */
  readonly proof?: AskOwnership;
}

/** The account that exists and may be the person's: how it is linked, or what stands against it. Undefined when none is looked for or found. */
export type Match =
  | ({ readonly kind: 'link'; readonly matched: MatchedUser } & LinkGrounds)
  | { readonly kind: 'ask'; readonly matched: MatchedUser; readonly ask: AskOwnership }
  | { readonly kind: 'refused'; readonly denial: Denial };

export function matchExisting(input: PlanInput): Match | undefined {
  const { existing } = input.identityProvider.jit.linking;
  const [matched, another] = input.snapshot.matches;
  if (!matched || (existing !== 'prove-ownership' && existing !== 'verified-email')) return undefined;
  if (another) return refused('link.ambiguous', 'More than one account matches this person, so none is linked.');
  return existing === 'prove-ownership' ? byOwnership(input, matched) : byEmail(input, matched);
}

function byOwnership({ snapshot }: PlanInput, matched: MatchedUser): Match {
  const { id: userId, userStore } = matched.user;
  const store = storeIn(snapshot, userStore);
  if (!store?.capabilities.passwords) {
    return refused('link.notProvable', `The user store "${userStore}" has no passwords by which ownership could be proven.`);
  }
  const proof = snapshot.ownership?.userId === userId ? snapshot.ownership : undefined;
  if (proof && proof.problem === undefined) return { kind: 'link', matched, reason: 'link.ownershipProven', proof: askOwnership(matched) };
  const failed = proof && { ...(proof.problem && { problem: proof.problem }), ...(proof.retryAfter && { retryAfter: proof.retryAfter }) };
  return { kind: 'ask', matched, ask: { ...askOwnership(matched), ...failed } };
}

function askOwnership({ user: { id: userId, username, userStore }, by }: MatchedUser): AskOwnership {
  return { type: 'askOwnership', userId, ...(by === 'username' && { username }), userStore, reason: 'link.existing' };
}

/** Both sides must have verified the address, and nothing that gives power over Foyer may come by e-mail (DESIGN: "Linking"). */
function byEmail({ identity, identityProvider }: PlanInput, matched: MatchedUser): Match {
  if (!emailIsVerified(identity, identityProvider)) {
    return refused(
      'link.email.unverified',
      'An account has this e-mail address, but the identity provider did not verify it inside trustedDomains.',
      'email',
    );
  }
  if (!accountEmailIsVerified(matched)) {
    return refused(
      'link.email.accountUnverified',
      "An account has this e-mail address, but nobody verified that it is the account's.",
      'email',
    );
  }
  if (matched.account?.roles.some(isPrivilegedRole)) {
    return refused('link.privileged', 'The account that matches has a privileged role: it is never linked by e-mail.');
  }
  return { kind: 'link', matched, reason: 'link.verifiedEmail' };
}

/** By an identity provider inside its trusted domains, or by the word of an administrator or SCIM about the address that they wrote. */
function accountEmailIsVerified({ user: { origins }, account }: MatchedUser): boolean {
  const [email, flag] = [origins['email'], origins['emailVerified']];
  if (email?.verified === true) return true;
  const vouched = (by: string | undefined): boolean => by === 'local' || by === 'scim';
  return account?.attributes['emailVerified'] === true && vouched(email?.by) && vouched(flag?.by);
}

const refused = (reason: Denial['reason'], message: string, claim?: string): Match => ({
  kind: 'refused',
  denial: { reason, message, ...(claim !== undefined && { claim }) },
});
