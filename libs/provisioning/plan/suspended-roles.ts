import { membershipKey, providerSource, type RegisteredUser } from '@foyer/userstores';
import type { PlanStep, SuspendRoles } from './plan-steps.js';

/**
 * The roles that count no more while the store still has them, once an identity provider's word about memberships has been decided: what others'
 * words suspended stays so, unless this one grants it, too.
 * @param steps what this one's word comes to
 * @param lost roles of them that the store is left with for now
 */
export function suspendRoles(
  { suspendedRoles, grants }: Pick<RegisteredUser, 'suspendedRoles' | 'grants'>,
  identityProviderId: string,
  {
    steps,
    lost,
    reason,
  }: { readonly steps: readonly PlanStep[]; readonly lost: readonly string[]; readonly reason: SuspendRoles['reason'] },
): SuspendRoles[] {
  const decided = new Set(steps.flatMap((step) => (step.type === 'assignRole' || step.type === 'removeRole' ? step.name : [])));
  const isOwn = (name: string): boolean => {
    const key = membershipKey({ kind: 'role', name });
    return Object.hasOwn(grants, key) && grants[key]?.includes(providerSource(identityProviderId)) === true;
  };
  const others = suspendedRoles.filter((name) => !decided.has(name) && !isOwn(name));
  const roles = [...new Set([...others, ...lost])].sort();
  const same = roles.length === suspendedRoles.length && roles.every((role) => suspendedRoles.includes(role));
  return same ? [] : [{ type: 'suspendRoles', roles, reason }];
}
