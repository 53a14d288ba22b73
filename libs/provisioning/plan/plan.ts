import { withoutWithheld, weigh } from './consent.js';
import { createAccount } from './create-account.js';
import { denied, skip, type Decision } from './decision.js';
import * as deny from './denials.js';
import { link } from './link-existing.js';
import { wantedAttributes, type WantedAttributes } from './mapped-attributes.js';
import { mappedMemberships } from './memberships.js';
import { isDeferred, type PlanInput } from './plan-input.js';
import type { KnownAccount, ProvisioningPlan, SupersedeJobs } from './plan-steps.js';
import type { Snapshot } from './snapshot.js';
import { useAccount } from './use-account.js';

/**
 * Decides what happens to an account when an external identity arrives. Pure: the same input gives the same plan, and the only one to decide.
 *
 * The person's account link leads to the account; a name or an e-mail address that matches never does by itself. An active account is
 * synchronized. A person without one gets it while JIT is on, under the id that an earlier login reserved, if there was one, or is linked to one
 * that exists, as far as the settings allow and they prove that it is theirs. While JIT is off nothing is written but the link, and an account
 * that exists already is used as it is.
 *
 * With `jit.mode: nonBlocking` a login decides what Foyer's own database can tell (id, store, username, who is denied), and a job plans again, with what
 * the store says.
 */
export function plan(input: PlanInput): ProvisioningPlan {
  const { identity, identityProvider: provider } = input;
  const wanted = wantedAttributes(identity, provider);
  const memberships = mappedMemberships(input);
  const decision = memberships.denial ? denied(memberships.denial) : decide(input, wanted);
  return {
    id: input.newId(),
    outcome: decision.outcome,
    code: decision.code ?? null,
    person: { identityProviderId: provider.id, identityProvider: provider.name, issuer: identity.issuer, subject: identity.subject },
    subject: decision.subject ?? null,
    account: decision.account ?? null,
    knownAs: knownAs(input.snapshot),
    mapped: { attributes: withoutWithheld(wanted.released, weigh(input)), roles: memberships.roles, groups: memberships.groups },
    steps: [...decision.steps, ...supersedeJobs(input, decision)],
    plannedAt: input.now,
  };
}

/** Only a link by which somebody was let in says whose login it is. */
function knownAs({ link: known, user }: Snapshot): KnownAccount | null {
  if (known?.status !== 'active' || !user) return null;
  return { userId: user.id, userStore: user.userStore, username: user.username };
}

/** A login that does itself what earlier ones left to jobs knows better than they do. */
function supersedeJobs(input: PlanInput, { outcome, account }: Decision): SupersedeJobs[] {
  const { identityProvider, snapshot, during } = input;
  const does = during === 'login' && identityProvider.jit.enabled && !isDeferred(input) && account && outcome !== 'deny';
  return does && snapshot.jobs?.open ? [{ type: 'supersedeJobs', reason: 'jit.blocking' }] : [];
}

function decide(input: PlanInput, wanted: WantedAttributes): Decision {
  for (const rule of deny.identityRules) {
    const denial = rule(input, wanted);
    if (denial) return denied(denial);
  }
  const { link: known, user, account } = input.snapshot;
  const { jit } = input.identityProvider;
  if (known?.status === 'named') {
    if (jit.linking.existing !== 'pre-provisioned') return denied(deny.namedLink);
    if (user?.status === 'active') return link(input, { user, ...(account && { account }) }, { reason: 'link.preProvisioned' }, wanted);
  }
  if (user?.status === 'active') return useAccount(input, user, wanted);
  return jit.enabled ? createAccount(input, wanted) : skip(input, [], 'jit.disabled', false);
}
