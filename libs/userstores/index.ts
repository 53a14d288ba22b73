/**
 * userstores: where accounts live. Owns the store contract with its capabilities, policies and conformance suite, the kinds of stores, Foyer's
 * registry of users (ids, usernames and their comparison keys, origins of values) and the admin API for users and stores. It does not decide
 * what happens to an account at a login (provisioning).
 */
export { USER_REGISTRY, USER_STORE_DIRECTORY } from './contract.js';
export type {
  Domain,
  MatchableAttribute,
  NewRegisteredUser,
  RegistryChanges,
  UserKeys,
  UserRegistry,
  UserStoreDirectory,
} from './contract.js';
export type {
  AccountChanges,
  NewAccount,
  PolicyViolation,
  PreparedPassword,
  StoreAccount,
  StorePolicies,
  UserStore,
  UserStoreCapabilities,
} from './store.js';
export { generatePassword } from './policies/generate-password.js';
export type { MembershipGrants, RegisteredUser, ValueOrigin } from './users.js';
export { effectiveRoles } from './effective-roles.js';
export { accountStatusProblem, type AccountStatusProblem } from './account-status.js';
export { grantedMemberships, localSource, membershipKey, providerSource, sourcesOf, type Membership } from './membership-grants.js';
export { maxMembershipNameLength, membershipNameProblem } from './policies/membership-name.js';
export { mixesScripts } from './username/mixed-scripts.js';
export { splitUsername, usernameKey, usernameProblem, type QualifiedUsername } from './username/username.js';
export { emailKey, searchableEmail } from './registry/searchable-email.js';
export { searchableKey, searchableKeys, type SearchableKey } from './registry/searchable-keys.js';
export { SqlUserRegistry } from './registry/sql-user-registry.js';
export {
  USER_LIFECYCLE,
  USER_LINKS,
  type LinkChanges,
  type NamedIdentity,
  type UserIdQuery,
  type UserLifecycle,
  type UserLink,
  type UserLinks,
} from './administration/contract.js';
export { hasOwner } from './administration/last-owner.js';
export { attributeFaults } from './administration/attribute-faults.js';
export { originsOf } from './administration/user-origins.js';
export { FirstAdministrator } from './administration/first-administrator.js';
export { UserAccounts } from './administration/user-accounts.js';
export { UserAdministrationModule, type UserAdministrationOptions } from './user-administration.module.js';
export { UserStoresAdministrationModule, UserStoresModule } from './user-stores.module.js';
export { UserStores } from './directory/user-stores.js';
export { primaryDomain, type UserStoreSettings } from './settings/settings.js';
export { UserStoreDto } from './settings/user-store.dto.js';
export { UserStoresSection } from './settings/user-stores.section.js';
export { UserStoreRow } from './settings/user-store.row.js';
export { UserKeyRow } from './registry/user-key-row.js';
export { UserRow } from './registry/user-row.js';
export { AccountMembershipRow, AccountRow } from './sql/account-row.js';
export { OwnDatabase } from './sql/account-source.js';
export { OtherDatabase } from './sql/other-database.js';
export { SqlStore } from './sql/sql-store.js';
