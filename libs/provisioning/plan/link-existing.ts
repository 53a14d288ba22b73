import { askConsent, askedBefore, refusedConsent, weigh } from './consent.js';
import { changesStore, denied, plannedAccount, prompt, type Decision } from './decision.js';
import { matchedStatus } from './denials.js';
import { existing } from './existing.js';
import type { WantedAttributes } from './mapped-attributes.js';
import type { LinkGrounds, Match } from './matching.js';
import { passOver, readOnly } from './pass-over.js';
import type { PlanInput } from './plan-input.js';
import type { LinkAccount } from './plan-steps.js';
import type { KnownUser } from './snapshot.js';
import { synchronization } from './use-account.js';

/** An account exists that may be the person's: it is linked, or they are asked to prove it, or the login is denied. */
export function linkExisting(input: PlanInput, match: Match, wanted: WantedAttributes): Decision {
  if (match.kind === 'refused') return denied(match.denial);
  const status = matchedStatus(match.matched, input.now);
  if (status) return denied(status);
  if (match.kind === 'link') return link(input, match.matched, match, wanted);
  const found = existing(input, match.matched);
  return 'outcome' in found ? found : (refusedConsent(input) ?? prompt([...askConsent(askedBefore(input)), match.ask]));
}

/** Links the login to a user whom something stronger than a name says is the person's. */
export function link(input: PlanInput, known: KnownUser, { reason, proof }: LinkGrounds, wanted: WantedAttributes): Decision {
  const found = existing(input, known);
  if ('outcome' in found) return found;
  const { user, store } = found;
  const { jit } = input.identityProvider;
  const consent = weigh(input);
  if (consent.ask.length > 0) return prompt([...askConsent(askedBefore(input)), ...(proof ? [proof] : [])]);
  const refused = refusedConsent(input);
  if (refused) return refused;
  const synced = jit.enabled ? synchronization(input, found, wanted) : [];
  if ('reason' in synced) return denied(synced);
  if (store.capabilities.readOnly && synced.some(changesStore)) return passOver(input, synced, readOnly(user.userStore));
  return {
    outcome: 'link',
    subject: user.id,
    account: plannedAccount(user),
    steps: [{ type: 'keepAccount', userId: user.id, reason: 'account.linked' }, ...synced, linkStep(input, user.id, reason)],
  };
}

function linkStep({ snapshot, newId }: PlanInput, userId: string, reason: LinkAccount['reason']): LinkAccount {
  const { link: present } = snapshot;
  return { type: 'linkAccount', linkId: present?.id ?? newId(), userId, status: 'active', basedOn: present?.version ?? null, reason };
}
