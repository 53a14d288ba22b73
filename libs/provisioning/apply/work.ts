import { ownerRole } from '@foyer/admin-access';
import type { JobRun } from '@foyer/jobs';
import type { PreparedPassword, UserStore } from '@foyer/userstores';
import { stepOf, type LinkAccount, type PlannedAccount, type PlanStep, type ProvisioningPlan } from '../plan/plan-steps.js';
import type { ProvisionPayload } from '../deferred/provision-job.js';
import type { Occasion } from './journal-entry.js';
import type { Secrets } from './password.js';

/** One plan on its way. */
export interface Work {
  readonly plan: ProvisioningPlan;
  readonly occasion: Occasion;
  /** The job that does it, if it is one. */
  readonly job: Claimed | undefined;
}

/** A job of this process: its effect and its end are one, and nothing of it is written once it is somebody else's. */
export type Claimed = Pick<JobRun<unknown>, 'guard' | 'complete'>;

/** What a plan does not hold and who applies it has. */
export interface Beside extends Secrets {
  /** What a job that the plan queues will plan with. */
  readonly said?: ProvisionPayload;
}

/** Work on an account, in its store. */
export interface AccountWork extends Work {
  readonly account: PlannedAccount;
  readonly store: UserStore;
  readonly password: PreparedPassword | undefined;
}

export function linkOf(plan: ProvisioningPlan): LinkAccount {
  const link = stepOf(plan, 'linkAccount');
  if (!link) throw new TypeError('A plan that creates an account links it');
  return link;
}

export function basedOn({ account }: Pick<AccountWork, 'account'>): NonNullable<PlannedAccount['basedOn']> {
  if (!account.basedOn) throw new TypeError('A plan that updates an account knows it');
  return account.basedOn;
}

export const takesOwnership = (step: PlanStep): boolean =>
  (step.type === 'removeRole' && step.name === ownerRole && !step.stays) ||
  (step.type === 'suspendRoles' && step.roles.includes(ownerRole));

/** What the registry alone knows of roles and groups: it changes with the login, whatever is left to a job. */
export const countsAtOnce = ({ type }: PlanStep): boolean => type === 'suspendRoles' || type === 'removeRole' || type === 'removeGroup';
