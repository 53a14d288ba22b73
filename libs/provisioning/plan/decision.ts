import type { RegisteredUser } from '@foyer/userstores';
import { isDeferred, type PlanInput } from './plan-input.js';
import type { Ask, CreateUser, Denial, LinkAccount, PlannedAccount, PlanStep, ProvisioningPlan } from './plan-steps.js';

/** What of a plan is decided, beside what is the same for every one. */
export type Decision = Pick<ProvisioningPlan, 'outcome' | 'steps'> & Partial<Pick<ProvisioningPlan, 'code' | 'subject' | 'account'>>;

/** @param account that is written to all the same: when consent was taken back, what it justified goes */
export function denied(denial: Denial, steps: readonly PlanStep[] = [], account?: PlannedAccount): Decision {
  const step = { type: 'deny', ...denial, failed: false } as const;
  return { outcome: 'deny', code: denial.reason, steps: [...steps, step], ...(account && { account }) };
}

/** The person has to answer first: nothing is written, and the same input asks the same again. */
export const prompt = (asks: readonly Ask[]): Decision => ({ outcome: 'prompt', steps: asks });

/** No account is used: the person goes on under the id of the link, which is reserved if there is none. */
export function skip(input: PlanInput, steps: readonly PlanStep[], code: string, failed: boolean): Decision {
  const { link, user } = input.snapshot;
  const skipped: PlanStep = { type: 'skipProvisioning', reason: code, failed };
  const known = link?.status === 'reserved' || link?.status === 'named' || (link?.status === 'active' && user !== undefined);
  if (link && known) return { outcome: 'skip', code, subject: link.userId, steps: [...steps, skipped] };
  const reserved = linkAccount(input, 'reserved');
  return { outcome: 'skip', code, subject: reserved.userId, steps: [...steps, skipped, reserved] };
}

/**
 * The link that the login leads to. A tombstone, or an active link whose user is gone, is taken over by a new id: what the deleted account was
 * entitled to does not come back with the person.
 */
export function linkAccount({ snapshot: { link, user }, newId }: PlanInput, status: LinkAccount['status']): LinkAccount {
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

export function creationReason(input: PlanInput, link: LinkAccount): CreateUser['reason'] {
  if (input.snapshot.user) return isDeferred(input) || input.during === 'job' ? 'jit.deferred' : 'jit.interrupted';
  if (link.reason === 'link.afterDeletion') return 'account.deleted';
  return link.reason === 'link.reserved' ? 'jit.reserved' : 'jit.firstLogin';
}

export function plannedAccount({ id: userId, userStore, username, version, ...user }: RegisteredUser): PlannedAccount {
  const { origins, grants, suspendedRoles } = user;
  return { userId, userStore, username, basedOn: { version, origins, grants, suspendedRoles } };
}

/** Whether a step changes what a store holds. */
export function changesStore(step: PlanStep): boolean {
  switch (step.type) {
    case 'setAttribute':
      return step.reason !== 'claim.confirmed';
    case 'assignRole':
    case 'assignGroup':
      return !step.present;
    case 'removeRole':
    case 'removeGroup':
      return !step.stays;
    default:
      return step.type === 'clearAttribute' || step.type === 'setPassword';
  }
}

const changing: readonly PlanStep['type'][] = [
  ...([
    'setAttribute',
    'clearAttribute',
    'assignRole',
    'assignGroup',
    'removeRole',
    'removeGroup',
    'recordConsent',
    'revokeConsent',
    'setPassword',
    'suspendRoles',
  ] as const),
];

/** Whether a step changes anything about an account that exists. */
export const changesAccount = ({ type }: PlanStep): boolean => changing.includes(type);
