import { askedOfNewAccount } from './asks.js';
import { clearWithheld, recordConsent, refusedConsent, weigh } from './consent.js';
import { creationReason, denied, linkAccount, plannedAccount, prompt, type Decision } from './decision.js';
import { deferCreation, failedBefore } from './defer.js';
import * as deny from './denials.js';
import { linkExisting } from './link-existing.js';
import type { WantedAttributes } from './mapped-attributes.js';
import { matchExisting } from './matching.js';
import { membershipsOf } from './memberships.js';
import { placeOf, type Named, type Place } from './place.js';
import { passOver, readOnly } from './pass-over.js';
import { isDeferred, type PlanInput } from './plan-input.js';
import type { ChooseUsername, Denial, PlanStep, SetPassword } from './plan-steps.js';
import type { StoreView } from './snapshot.js';
import { nothingPresent, syncAttributes } from './sync-attributes.js';

/** The person has no account: they get one, or are linked to one that exists, if the settings look for it. */
export function createAccount(input: PlanInput, wanted: WantedAttributes): Decision {
  const place = reservedPlace(input) ?? placeOf(input);
  if ('reason' in place) return denied(place);
  const store = deny.usableStore(input, place.store.domain);
  if ('reason' in store) return denied(store, [place.store]);
  const match = input.snapshot.user ? undefined : matchExisting(input);
  if (match) return linkExisting(input, match, wanted);
  return createIn(input, store, place, wanted);
}

/** An earlier login began to create the account: where and how it is called stays. */
function reservedPlace({ snapshot: { user } }: PlanInput): Place | undefined {
  if (!user) return undefined;
  return { store: { type: 'chooseStore', domain: user.userStore, reason: 'store.reserved' }, claimed: { username: user.username } };
}

function createIn(input: PlanInput, store: StoreView, place: Place, wanted: WantedAttributes): Decision {
  const steps: PlanStep[] = [place.store];
  const name = usernameOf(input, store, place);
  if (name && name.type !== 'chooseUsername') return denied(name.denial, steps);
  if (name) steps.push(name);
  const { failure } = input.snapshot;
  const failing = failure ?? (store.capabilities.readOnly ? readOnly(store.domain) : undefined);
  if (failing) return passOver(input, steps, failing);
  const failed = isDeferred(input) ? failedBefore(input, steps) : undefined;
  if (failed) return failed;
  const unable = deny.storeCreates(store);
  if (unable) return denied(unable, steps);
  const refused = refusedConsent(input, steps);
  if (refused) return refused;
  const asks = askedOfNewAccount(input, store, place);
  if (asks.length > 0 || !name) return prompt(asks);
  return isDeferred(input) ? deferCreation(input, store, { name, steps }) : create(input, store, { name, steps }, wanted);
}

function create(input: PlanInput, store: StoreView, { name, steps }: Named, wanted: WantedAttributes): Decision {
  const { user, account: present } = input.snapshot;
  const consent = weigh(input);
  const link = linkAccount(input, 'active');
  const receipts = recordConsent(input, consent, link.userId);
  const memberships = membershipsOf(input, store, present && { ...present, grants: user?.grants ?? {} });
  if (memberships.denial) return denied(memberships.denial, steps);
  const before = present ? { attributes: present.attributes, origins: user?.origins ?? {} } : nothingPresent;
  return {
    outcome: 'create',
    subject: link.userId,
    account: user
      ? plannedAccount(present ? user : { ...user, origins: {}, grants: {} })
      : { userId: link.userId, userStore: store.domain, username: name.username },
    steps: [
      ...steps,
      { type: 'createUser', userId: link.userId, inStore: present !== undefined, reason: creationReason(input, link) },
      ...setPassword(input, store),
      ...clearWithheld(input, consent, before),
      ...syncAttributes(wanted.list, before, 'overwrite', consent),
      ...memberships.steps,
      ...receipts,
      link,
    ],
  };
}

/** The username, as far as it is known: with a prompt for it, only once the person has typed one. */
function usernameOf(input: PlanInput, store: StoreView, place: Place): ChooseUsername | { type: 'denied'; denial: Denial } | undefined {
  const { snapshot, answers, identityProvider } = input;
  if (snapshot.user) {
    const denial = deny.usernameIsFree(input, store, snapshot.user);
    return denial ? { type: 'denied', denial } : { type: 'chooseUsername', username: snapshot.user.username, reason: 'username.reserved' };
  }
  if (identityProvider.jit.prompt.startsWith('username')) {
    return answers?.username === undefined ? undefined : { type: 'chooseUsername', username: answers.username, reason: 'username.typed' };
  }
  const { claimed } = place;
  if ('reason' in claimed) return { type: 'denied', denial: claimed };
  const denial = deny.usernameIsFree(input, store, claimed);
  if (denial) return { type: 'denied', denial };
  return { type: 'chooseUsername', ...claimed, reason: claimed.claim === undefined ? 'username.subject' : 'username.claim' };
}

function setPassword({ identityProvider: { jit } }: PlanInput, { capabilities }: StoreView): SetPassword[] {
  if (!capabilities.passwords) return [];
  if (jit.prompt.includes('password')) return [{ type: 'setPassword', reason: 'password.typed' }];
  return capabilities.passwordRequired ? [{ type: 'setPassword', reason: 'password.generated' }] : [];
}
