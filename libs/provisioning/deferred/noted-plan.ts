import type { PlanStep, ProvisioningPlan } from '../plan/plan-steps.js';

/** What is shown of a plan that a job made: what it does and why, by names, without what anybody is called or has. */
export const notedPlan = ({ outcome, code, steps }: ProvisioningPlan): unknown => ({ outcome, code, steps: steps.map(noted) });

function noted(step: PlanStep): Readonly<Record<string, string>> {
  const { type, reason } = step;
  return {
    type,
    ...('name' in step && { name: step.name }),
    ...('domain' in step && { domain: step.domain }),
    ...('claim' in step && step.claim !== undefined && { claim: step.claim }),
    ...('policy' in step && step.policy !== undefined && { policy: step.policy }),
    ...('message' in step && step.message !== undefined && { message: step.message }),
    reason,
  };
}
