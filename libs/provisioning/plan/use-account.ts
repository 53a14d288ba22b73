import type { RegisteredUser } from '@foyer/userstores';
import { askConsent, clearWithheld, recordConsent, refusal, weigh } from './consent.js';
import { changesAccount, changesStore, denied, plannedAccount, prompt, type Decision } from './decision.js';
import { deferSynchronization } from './defer.js';
import { existing, type Existing } from './existing.js';
import type { WantedAttributes } from './mapped-attributes.js';
import { membershipsOf } from './memberships.js';
import { passOver, readOnly } from './pass-over.js';
import { isDeferred, type PlanInput } from './plan-input.js';
import type { Denial, KeepAccount, PlanStep } from './plan-steps.js';
import { suspendRoles } from './suspended-roles.js';
import { syncAttributes } from './sync-attributes.js';
import { nameAskedFor } from './place.js';
import { asksForAnotherName } from './username.js';

/** The person has an account: it is synchronized, as the settings say. */
export function useAccount(input: PlanInput, user: RegisteredUser, wanted: WantedAttributes): Decision {
  const { jit } = input.identityProvider;
  if (isDeferred(input)) return deferSynchronization(input, user);
  const found = existing(input, { user, ...(input.snapshot.account && { account: input.snapshot.account }) });
  if ('outcome' in found) return found;
  const use = { subject: user.id, account: plannedAccount(user) };
  if (!jit.enabled) return { outcome: 'unchanged', ...use, steps: [{ type: 'keepAccount', userId: user.id, reason: 'jit.disabled' }] };
  const consent = weigh(input);
  if (consent.ask.length > 0 && input.during === 'login') return prompt(askConsent(consent.ask));
  return synchronize(input, found, wanted);
}

function synchronize(input: PlanInput, found: Existing, wanted: WantedAttributes): Decision {
  const { user, store } = found;
  const { jit } = input.identityProvider;
  const refused = refusal(weigh(input));
  if (refused && jit.onConsentRefused === 'deny') {
    return denied(refused, [keep(user, 'account.synced'), ...withheldSteps(input, found)], plannedAccount(user));
  }
  const synced = synchronization(input, found, wanted);
  if ('reason' in synced) return denied(synced);
  const notes: PlanStep[] = reportUsername(input, user);
  const use = { subject: user.id, account: plannedAccount(user) };
  if (!synced.some(changesAccount)) {
    const reason = jit.attributeSync === 'none' ? 'sync.none' : 'account.unchanged';
    return { outcome: 'unchanged', ...use, steps: [keep(user, reason), ...synced, ...notes] };
  }
  if (store.capabilities.readOnly && synced.some(changesStore)) return passOver(input, synced, readOnly(user.userStore));
  return { outcome: 'update', ...use, steps: [keep(user, 'account.synced'), ...synced, ...notes] };
}

/** Everything that a login changes about an account that exists: attributes, memberships, receipts. */
export function synchronization(input: PlanInput, found: Existing, wanted: WantedAttributes): PlanStep[] | Denial {
  const { user, account, store } = found;
  const consent = weigh(input);
  const present = { attributes: account.attributes, origins: user.origins };
  const { attributeSync } = input.identityProvider.jit;
  const attributes = attributeSync === 'none' ? [] : syncAttributes(wanted.list, present, attributeSync, consent);
  const memberships = membershipsOf(input, store, { ...account, grants: user.grants });
  if (memberships.denial) return memberships.denial;
  const { steps } = memberships;
  const resumed = suspendRoles(user, input.identityProvider.id, { steps, lost: [], reason: 'role.decided' });
  return [...withheldSteps(input, found), ...attributes, ...steps, ...resumed];
}

/** What goes, and what is recorded, because of what the person decided. */
function withheldSteps(input: PlanInput, { user, account }: Existing): PlanStep[] {
  const consent = weigh(input);
  const present = { attributes: account.attributes, origins: user.origins };
  return [...recordConsent(input, consent, user.id), ...clearWithheld(input, consent, present)];
}

const keep = ({ id: userId }: RegisteredUser, reason: KeepAccount['reason']): KeepAccount => ({ type: 'keepAccount', userId, reason });

/** The claim that names accounts says something else than the account is called: told, and nothing is renamed. */
function reportUsername(input: PlanInput, { username }: RegisteredUser): PlanStep[] {
  if (!asksForAnotherName(nameAskedFor(input), username)) return [];
  const claim = input.identityProvider.claims.userId;
  return [{ type: 'reportUsername', username, ...(claim !== undefined && { claim }), reason: 'username.changed.kept' }];
}
