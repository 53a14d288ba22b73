import { refusedConsent } from './consent.js';
import { skip, type Decision } from './decision.js';
import type { PlanInput } from './plan-input.js';
import type { PlanStep } from './plan-steps.js';
import type { StoreFailure } from './snapshot.js';

/**
 * A store that failed: `jit.onFailure` says whether the login goes on without an account. What the person refused is no failure: where that denies,
 * it denies whether the store answers or not. A job whose store fails is tried again: it lets nobody in.
 */
export function passOver(input: PlanInput, steps: readonly PlanStep[], failure: StoreFailure): Decision {
  const done = steps.filter((step) => step.type === 'chooseStore' || step.type === 'chooseUsername');
  const refused = refusedConsent(input, done);
  if (refused?.outcome === 'deny') return refused;
  if (failure.passable && input.during === 'login' && input.identityProvider.jit.onFailure === 'admit')
    return skip(input, done, failure.code, true);
  const step: PlanStep = { type: 'deny', reason: failure.code, message: failure.message, failed: true };
  return { outcome: 'deny', code: failure.code, steps: [...done, step] };
}

export const readOnly = (domain: string): StoreFailure => ({
  code: 'store.readOnly',
  message: `The user store "${domain}" is read-only.`,
  passable: true,
});
