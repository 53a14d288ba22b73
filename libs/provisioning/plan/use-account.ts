import type { RegisteredUser, StoreAccount } from '@foyer/userstores';
import { askConsent, clearWithheld, recordConsent, refusal, weigh } from './consent.js';
import { changesAccount, changesStore, denied, passOver, plannedAccount, prompt, readOnly, type Decision } from './decision.js';
import * as deny from './denials.js';
import type { WantedAttributes } from './mapped-attributes.js';
import { membershipsOf } from './memberships.js';
import type { PlanInput } from './plan-input.js';
import type { Denial, KeepAccount, PlanStep } from './plan-steps.js';
import { storeIn, type StoreView } from './snapshot.js';
import { syncAttributes } from './sync-attributes.js';
import { nameAskedFor } from './place.js';
import { asksForAnotherName } from './username.js';

/** An account that exists, with its store. */
export interface Existing {
  readonly user: RegisteredUser;
  readonly account: StoreAccount;
  readonly store: StoreView;
}

/** The person has an account: it is synchronized, as the settings say. */
export function useAccount(input: PlanInput, user: RegisteredUser, wanted: WantedAttributes): Decision {
  const { jit } = input.identityProvider;
  const { account, failure } = input.snapshot;
  const store = storeIn(input.snapshot, user.userStore);
  if (!store) return denied(deny.storeUnknown(user.userStore));
  const disabled = deny.storeIsEnabled(store);
  if (disabled) return denied(disabled);
  if (failure) return passOver(input, [], failure);
  if (!account) return denied(deny.accountMissing(user.userStore));
  const use = { subject: user.id, account: plannedAccount(user) };
  if (!jit.enabled) return { outcome: 'unchanged', ...use, steps: [{ type: 'keepAccount', userId: user.id, reason: 'jit.disabled' }] };
  const consent = weigh(input);
  if (consent.ask.length > 0) return prompt(askConsent(consent.ask));
  return synchronize(input, { user, account, store }, wanted);
}

function synchronize(input: PlanInput, existing: Existing, wanted: WantedAttributes): Decision {
  const { user, store } = existing;
  const { jit } = input.identityProvider;
  const refused = refusal(weigh(input));
  if (refused && jit.onConsentRefused === 'deny') {
    return denied(refused, [keep(user, 'account.synced'), ...withheldSteps(input, existing)], plannedAccount(user));
  }
  const synced = synchronization(input, existing, wanted);
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
export function synchronization(input: PlanInput, existing: Existing, wanted: WantedAttributes): PlanStep[] | Denial {
  const { user, account, store } = existing;
  const consent = weigh(input);
  const present = { attributes: account.attributes, origins: user.origins };
  const { attributeSync } = input.identityProvider.jit;
  const attributes = attributeSync === 'none' ? [] : syncAttributes(wanted.list, present, attributeSync, consent);
  const memberships = membershipsOf(input, store, { ...account, grants: user.grants });
  if (memberships.denial) return memberships.denial;
  return [...withheldSteps(input, existing), ...attributes, ...memberships.steps];
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
