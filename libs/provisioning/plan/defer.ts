import { grantedMemberships, type RegisteredUser } from '@foyer/userstores';
import { askConsent, recordConsent, refusal, weigh } from './consent.js';
import { creationReason, denied, linkAccount, plannedAccount, prompt, type Decision } from './decision.js';
import * as deny from './denials.js';
import { membershipsOf } from './memberships.js';
import { passOver } from './pass-over.js';
import type { Named } from './place.js';
import type { PlanInput } from './plan-input.js';
import type { Denial, KeepAccount, PlanStep, QueueJob } from './plan-steps.js';
import type { StoreView } from './snapshot.js';
import { suspendRoles } from './suspended-roles.js';

/** The person gets their id, store and username now, and the account by a job. */
export function deferCreation(input: PlanInput, store: StoreView, { name, steps }: Named): Decision {
  const { denial } = membershipsOf(input, store);
  if (denial) return denied(denial, steps);
  const { user } = input.snapshot;
  const link = linkAccount(input, 'reserved');
  const { userId } = link;
  return {
    outcome: 'create',
    subject: userId,
    account: user ? plannedAccount(user) : { userId, userStore: store.domain, username: name.username },
    steps: [
      ...steps,
      { type: 'createUser', userId, inStore: false, reason: creationReason(input, link) },
      ...recordConsent(input, weigh(input), userId),
      link,
      queueJob(input, { userId, first: true }),
    ],
  };
}

/** The person has an account, and a job brings it up to date. What they may not do any more counts at once. */
export function deferSynchronization(input: PlanInput, user: RegisteredUser): Decision {
  const store = deny.usableStore(input, user.userStore);
  if ('reason' in store) return denied(store);
  const lost = loseRoles(input, store, user);
  if ('reason' in lost) return denied(lost);
  const { failure } = input.snapshot;
  const account = plannedAccount(user);
  const failed = failure ? passOver(input, [], failure) : failedBefore(input);
  if (failed) return { ...failed, account, steps: [...lost, ...failed.steps] };
  const consent = weigh(input);
  if (consent.ask.length > 0) return prompt(askConsent(consent.ask));
  const keep: KeepAccount = { type: 'keepAccount', userId: user.id, reason: 'account.deferred' };
  const changes = [...recordConsent(input, consent, user.id), ...lost];
  const steps = [keep, ...changes, queueJob(input, { userId: user.id, first: false })];
  const refused = refusal(consent);
  if (refused && input.identityProvider.jit.onConsentRefused === 'deny') return denied(refused, steps, account);
  return { outcome: changes.length > 0 ? 'update' : 'unchanged', subject: user.id, account, steps };
}

/**
 * What an earlier login left to a job was given up: that counts as a failing store does for a login which waits for it. What this login says is
 * tried all the same, so that a store which is back serves the next one.
 */
export function failedBefore(input: PlanInput, steps: Decision['steps'] = []): Decision | undefined {
  const { jobs, user } = input.snapshot;
  if (!jobs?.failure || !user) return undefined;
  const decision = passOver(input, steps, jobs.failure);
  const retried: QueueJob = { ...queueJob(input, { userId: user.id, first: user.status !== 'active' }), reason: 'jit.retried' };
  return { ...decision, steps: [...decision.steps, retried] };
}

const queueJob = ({ snapshot: { jobs } }: PlanInput, of: Pick<QueueJob, 'userId' | 'first'>): QueueJob => ({
  type: 'queueJob',
  ...of,
  noted: jobs !== undefined,
  reason: 'jit.nonBlocking',
});

/**
 * The roles that this identity provider granted and grants no more, by what the registry tells, without asking the store: they count no more. What others
 * grant as well stays, and is theirs alone from now on, so that it counts no more either when they take it back before the job is done.
 */
function loseRoles(input: PlanInput, store: StoreView, user: RegisteredUser): PlanStep[] | Denial {
  const { grants } = user;
  const names = (of: 'role' | 'group'): string[] => grantedMemberships(grants).flatMap(({ kind, name }) => (kind === of ? name : []));
  const { steps, denial } = membershipsOf(input, store, { roles: names('role'), groups: names('group'), grants });
  if (denial) return denial;
  const removals = steps.flatMap((step) => (step.type === 'removeRole' || step.type === 'removeGroup' ? step : []));
  const lost = removals.flatMap(({ kind, name, stays }) => (kind === 'role' && !stays ? name : []));
  const suspended = suspendRoles(user, input.identityProvider.id, { steps, lost, reason: 'role.lost' });
  return [...removals.filter(({ stays }) => stays), ...suspended];
}
