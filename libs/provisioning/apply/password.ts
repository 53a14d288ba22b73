import { FoyerError } from '@foyer/platform';
import { generatePassword, type Domain, type PreparedPassword } from '@foyer/userstores';
import { stepOf, type ProvisioningPlan } from '../plan/plan-steps.js';

/** What a plan needs and does not hold: it lives as long as the request. */
export interface Secrets {
  /** As typed by the person, checked against the store's policy by the plan. */
  readonly password?: string;
}

/** The password that a plan sets, on its way into the store; undefined when it sets none. */
export async function preparedPassword(plan: ProvisioningPlan, domain: Domain, secrets: Secrets): Promise<PreparedPassword | undefined> {
  const step = stepOf(plan, 'setPassword');
  if (!step) return undefined;
  const password = step.reason === 'password.typed' ? secrets.password : generatePassword(domain.policies);
  if (password !== undefined) return domain.store.preparePassword(password);
  if (step.reason === 'password.typed') throw new TypeError('A plan that sets a typed password needs it');
  throw new FoyerError(
    'conflict',
    'password.cannotGenerate',
    `No password could be made up that fits the policy of the user store "${domain.domain}".`,
  );
}
