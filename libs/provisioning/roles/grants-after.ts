import { maxJsonBytes } from '@foyer/platform';
import { localSource, membershipKey, providerSource, type MembershipGrants } from '@foyer/userstores';
import type { Denial, PlanStep } from '../plan/plan-steps.js';
import type { MembershipInput, MembershipStep } from './membership-input.js';

/** Who gave what, once the steps of a plan have been applied. Steps about anything else count for nothing. */
export function grantsAfter(grants: MembershipGrants, steps: readonly PlanStep[], identityProviderId: string): MembershipGrants {
  const own = providerSource(identityProviderId);
  const after = new Map(Object.entries(grants));
  for (const step of steps) {
    if (!('kind' in step)) continue;
    const key = membershipKey(step);
    const others = (after.get(key) ?? [localSource]).filter((source) => source !== own);
    switch (step.type) {
      case 'assignRole':
      case 'assignGroup':
        // What the account had not is from here alone, whatever was written down of others before its store lost it.
        after.set(key, step.present ? [...others, own] : [own]);
        break;
      case 'removeRole':
      case 'removeGroup':
        if (step.stays) after.set(key, others);
        else after.delete(key);
        break;
      case 'leaveRole':
      case 'leaveGroup':
    }
  }
  return Object.fromEntries(after);
}

/** So many of the longest names, each with a dozen sources, are surely not too long to be kept. */
const surelyKept = 50;

/** Why the grants cannot be written down after the steps. Long names, many sources: what is kept of an account is limited. */
export function tooMuchToKeep(
  { grants, identityProviderId, claimName }: MembershipInput,
  steps: readonly MembershipStep[],
): Denial | undefined {
  if (steps.length === 0 || steps.length + Object.keys(grants).length <= surelyKept) return undefined;
  if (Buffer.byteLength(JSON.stringify(grantsAfter(grants, steps, identityProviderId))) <= maxJsonBytes) return undefined;
  const message = `The names and sources of the account's roles and groups would have more than ${maxJsonBytes} bytes.`;
  return { reason: 'roles.tooMany', message, ...(claimName !== undefined && { claim: claimName }) };
}
