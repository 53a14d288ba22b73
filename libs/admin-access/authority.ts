import { FoyerError } from '@foyer/platform';
import type { AdminCaller } from './caller.js';
import { covers, isPrivilegedRole, scopesOfRoles } from './scopes.js';

/** Nobody grants a scope or a role that they lack, or changes somebody who holds one. */

/** @throws FoyerError `scope.notHeld` when the caller lacks one of the scopes of the admin API */
export function mayGrantScopes(caller: AdminCaller, scopes: readonly string[]): void {
  const lacking = scopes.filter((scope) => !covers(caller.scopes, scope));
  if (lacking.length > 0)
    throw new FoyerError('forbidden', 'scope.notHeld', `You cannot grant what you do not have: ${lacking.join(', ')}.`);
}

/** Roles that give no power over Foyer may be granted by whoever may write. @throws FoyerError `role.notHeld` */
export function mayGrantRoles(caller: AdminCaller, roles: readonly string[]): void {
  const lacking = roles.filter((role) => !holds(caller, role));
  if (lacking.length > 0)
    throw new FoyerError('forbidden', 'role.notHeld', `You cannot grant or take what you do not have: ${lacking.join(', ')}.`);
}

/** @param roles those of the account that is to be changed or deleted @throws FoyerError `holder.privileged` */
export function mayChangeHolder(caller: AdminCaller, roles: readonly string[]): void {
  if (roles.every((role) => holds(caller, role))) return;
  throw new FoyerError('forbidden', 'holder.privileged', 'This account has rights that you do not have, so you cannot change it.');
}

/** @param scopes of the admin API that a client has which is to be changed or deleted @throws FoyerError `holder.privileged` */
export function mayChangeScopeHolder(caller: AdminCaller, scopes: readonly string[]): void {
  if (scopes.every((scope) => covers(caller.scopes, scope))) return;
  throw new FoyerError('forbidden', 'holder.privileged', 'This application has rights that you do not have, so you cannot change it.');
}

/** Changes that reach beyond their object, such as an identity provider's issuer or a privileged role mapping. @throws FoyerError `scope.missing` */
export function needsAdmin(caller: AdminCaller, what: string): void {
  if (!covers(caller.scopes, 'admin')) throw new FoyerError('forbidden', 'scope.missing', `Changing ${what} needs the scope admin.`);
}

function holds(caller: AdminCaller, role: string): boolean {
  if (!isPrivilegedRole(role)) return true;
  const [scope = 'admin'] = scopesOfRoles([role]);
  return covers(caller.scopes, scope);
}
