import type { RegisteredUser } from '@foyer/userstores';
import * as deny from './denials.js';
import { wantedAttributes, type WantedAttributes } from './mapped-attributes.js';
import type { PlanInput } from './plan-input.js';
import type { CreateUser, Denial, KeepAccount, LinkAccount, PlannedAccount, PlanStep, ProvisioningPlan } from './plan-steps.js';
import type { StoreFailure } from './snapshot.js';
import { nothingPresent, syncAttributes } from './sync-attributes.js';
import { asksForAnotherName, claimedUsername } from './username.js';

type Decision = Pick<ProvisioningPlan, 'outcome' | 'steps'> & Partial<Pick<ProvisioningPlan, 'code' | 'subject' | 'account'>>;

/**
 * Decides what happens to an account when an external identity arrives. Pure: the same input gives the same plan, and the only one to decide.
 *
 * The person's account link leads to the account; a name or an e-mail address that matches never does. An active account is synchronized. A person
 * without one gets it while JIT is on, under the id that an earlier login reserved, if there was one. While JIT is off nothing is written but the
 * link, and an account that exists already is used as it is.
 */
export function plan(input: PlanInput): ProvisioningPlan {
  const { identity, identityProvider: provider } = input;
  const wanted = wantedAttributes(identity, provider);
  const decision = decide(input, wanted);
  return {
    id: input.newId(),
    outcome: decision.outcome,
    code: decision.code ?? null,
    person: { identityProviderId: provider.id, identityProvider: provider.name, issuer: identity.issuer, subject: identity.subject },
    subject: decision.subject ?? null,
    account: decision.account ?? null,
    attributes: wanted.released,
    steps: decision.steps,
    plannedAt: input.now,
  };
}

function decide(input: PlanInput, wanted: WantedAttributes): Decision {
  for (const rule of deny.identityRules) {
    const denial = rule(input, wanted);
    if (denial) return denied(denial);
  }
  const { user } = input.snapshot;
  if (user?.status === 'active') return useAccount(input, user, wanted);
  return input.identityProvider.jit.enabled ? createAccount(input, wanted) : skip(input, [], 'jit.disabled', false);
}

function useAccount(input: PlanInput, user: RegisteredUser, wanted: WantedAttributes): Decision {
  const { jit } = input.identityProvider;
  const { account, failure, store } = input.snapshot;
  if (!store) return denied(deny.storeUnknown(user.userStore));
  const disabled = deny.storeIsEnabled(store);
  if (disabled) return denied(disabled);
  if (failure) return passOver(input, [], failure);
  if (!account) return denied(deny.accountMissing(user.userStore));
  const keep = (reason: KeepAccount['reason']): PlanStep => ({ type: 'keepAccount', userId: user.id, reason });
  const use = { subject: user.id, account: plannedAccount(user) };
  if (!jit.enabled) return { outcome: 'unchanged', ...use, steps: [keep('jit.disabled')] };
  const notes = reportUsername(input, user);
  if (jit.attributeSync === 'none') return { outcome: 'unchanged', ...use, steps: [keep('sync.none'), ...notes] };
  const steps = syncAttributes(wanted.list, { attributes: account.attributes, origins: user.origins }, jit.attributeSync);
  const changes = steps.some((step) => step.type !== 'leaveAttribute');
  if (!changes) return { outcome: 'unchanged', ...use, steps: [keep('account.unchanged'), ...steps, ...notes] };
  if (store.capabilities.readOnly) return passOver(input, steps, readOnly(user.userStore));
  return { outcome: 'update', ...use, steps: [keep('account.synced'), ...steps, ...notes] };
}

function createAccount(input: PlanInput, wanted: WantedAttributes): Decision {
  const { store, user, failure } = input.snapshot;
  if (!store) return denied(deny.storeUnknown(user?.userStore ?? input.identityProvider.jit.userStore));
  const steps: PlanStep[] = [{ type: 'chooseStore', domain: store.domain, reason: user ? 'store.reserved' : 'store.configured' }];
  const disabled = deny.storeIsEnabled(store);
  if (disabled) return denied(disabled, steps);
  const claimed = user ? { username: user.username } : claimedUsername(input);
  if ('reason' in claimed) return denied(claimed, steps);
  const refused = deny.usernameIsFree(input, store, claimed);
  if (refused) return denied(refused, steps);
  const reason = user ? 'username.reserved' : claimed.claim === undefined ? 'username.subject' : 'username.claim';
  steps.push({ type: 'chooseUsername', ...claimed, reason });
  const failing = failure ?? (store.capabilities.readOnly ? readOnly(store.domain) : undefined);
  if (failing) return passOver(input, steps, failing);
  const unable = deny.storeCreates(store);
  if (unable) return denied(unable, steps);
  const link = linkAccount(input, 'active');
  const account = user ? plannedAccount(user) : { userId: link.userId, userStore: store.domain, username: claimed.username };
  const inStore = input.snapshot.account !== undefined;
  steps.push({ type: 'createUser', userId: link.userId, inStore, reason: creationReason(input, link) });
  return { outcome: 'create', subject: link.userId, account, steps: [...steps, ...attributesOfNewAccount(input, wanted), link] };
}

/** An interrupted creation may have reached the store: then the account there is brought to what is wanted now. */
function attributesOfNewAccount({ snapshot: { account, user } }: PlanInput, wanted: WantedAttributes): PlanStep[] {
  const present = account ? { attributes: account.attributes, origins: user?.origins ?? {} } : nothingPresent;
  return syncAttributes(wanted.list, present, 'overwrite');
}

function creationReason({ snapshot }: PlanInput, link: LinkAccount): CreateUser['reason'] {
  if (snapshot.user) return 'jit.interrupted';
  if (link.reason === 'link.afterDeletion') return 'account.deleted';
  return link.reason === 'link.reserved' ? 'jit.reserved' : 'jit.firstLogin';
}

/**
 * The link that the login leads to. A tombstone, or an active link whose user is gone, is taken over by a new id: what the deleted account was
 * entitled to does not come back with the person.
 */
function linkAccount({ snapshot: { link, user }, newId }: PlanInput, status: LinkAccount['status']): LinkAccount {
  if (!link) return { type: 'linkAccount', linkId: newId(), userId: newId(), status, basedOn: null, reason: 'link.first' };
  const gone = link.status === 'tombstone' || (link.status === 'active' && !user);
  const userId = gone ? newId() : link.userId;
  return {
    type: 'linkAccount',
    linkId: link.id,
    userId,
    status,
    basedOn: link.version,
    reason: gone ? 'link.afterDeletion' : 'link.reserved',
  };
}

/** No account is used: the person goes on under the id of the link, which is reserved if there is none. */
function skip(input: PlanInput, steps: readonly PlanStep[], code: string, failed: boolean): Decision {
  const { link, user } = input.snapshot;
  const skipped: PlanStep = { type: 'skipProvisioning', reason: code, failed };
  const known = link?.status === 'reserved' || (link?.status === 'active' && user !== undefined);
  if (link && known) return { outcome: 'skip', code, subject: link.userId, steps: [...steps, skipped] };
  const reserved = linkAccount(input, 'reserved');
  return { outcome: 'skip', code, subject: reserved.userId, steps: [...steps, skipped, reserved] };
}

/** A store that failed: `jit.onFailure` says whether the login goes on without an account. */
function passOver(input: PlanInput, steps: readonly PlanStep[], failure: StoreFailure): Decision {
  const done = steps.filter((step) => step.type === 'chooseStore' || step.type === 'chooseUsername');
  if (failure.passable && input.identityProvider.jit.onFailure === 'admit') return skip(input, done, failure.code, true);
  return denied({ reason: failure.code, message: failure.message }, done, true);
}

const denied = (denial: Denial, steps: readonly PlanStep[] = [], failed = false): Decision => ({
  outcome: 'deny',
  code: denial.reason,
  steps: [...steps, { type: 'deny', ...denial, failed }],
});

const readOnly = (domain: string): StoreFailure => ({
  code: 'store.readOnly',
  message: `The user store "${domain}" is read-only, and the login would change it.`,
  passable: true,
});

const plannedAccount = (user: RegisteredUser): PlannedAccount => ({
  userId: user.id,
  userStore: user.userStore,
  username: user.username,
  basedOn: { version: user.version, origins: user.origins },
});

function reportUsername(input: PlanInput, user: RegisteredUser): PlanStep[] {
  if (!asksForAnotherName(input, user.username)) return [];
  const claim = input.identityProvider.claims.userId;
  return [{ type: 'reportUsername', username: user.username, ...(claim !== undefined && { claim }), reason: 'username.changed.kept' }];
}
