/**
 * admin-access: who may do what at the admin API: scopes, the guard, the rule that nobody grants what they lack, and the guarded controller that
 * the sections of the settings share. It issues no tokens (protocols) and keeps no accounts (userstores): both are behind interfaces that they
 * implement.
 */
export { AdminAccessModule, type AdminAccessOptions } from './admin-access.module.js';
export { AdminAccess } from './admin-access.js';
export { mayChangeHolder, mayChangeScopeHolder, mayGrantRoles, mayGrantScopes, needsAdmin } from './authority.js';
export { Caller, type AdminCaller } from './caller.js';
export {
  ACCESS_TOKEN_VERIFIER,
  ADMIN_ACCOUNTS,
  type AccessTokenVerifier,
  type AdminAccounts,
  type VerifiedAccessToken,
} from './contract.js';
export type { AdministeredSection } from './administered-section.js';
export { SettingsController, type SettingsApi } from './settings-controller.js';
export { AdminGuard, RequireScope } from './require-scope.js';
export {
  adminApiOf,
  adminScopes,
  comparableRole,
  covers,
  isAdminScope,
  isPrivilegedRole,
  onlyLooksPrivileged,
  ownerRole,
  scopesOfRoles,
  type AdminScope,
} from './scopes.js';
