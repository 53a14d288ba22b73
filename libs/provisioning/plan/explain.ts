import type { Deny } from './plan-steps.js';
import { isDenialReason } from './reasons.js';

type Reported = Pick<Deny, 'reason' | 'message' | 'claim' | 'policy'>;

/** Why a plan denies, as the journal keeps the plan; undefined when it does not, or is too large to be kept. */
export function denialIn(plan: unknown): Reported | undefined {
  const steps = isObject(plan) && Array.isArray(plan['steps']) ? plan['steps'].filter(isObject) : [];
  const denial = steps.find(({ type }) => type === 'deny');
  if (!denial) return undefined;
  const { reason, message, claim, policy } = denial;
  if (typeof reason !== 'string' || !isDenialReason(reason) || typeof message !== 'string') return undefined;
  return { reason, message, ...(typeof claim === 'string' && { claim }), ...(typeof policy === 'string' && { policy }) };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
