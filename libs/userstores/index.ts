/**
 * userstores: where accounts live. Owns the store contract with its capabilities, policies and conformance suite, the kinds of stores, Foyer's
 * registry of users (ids, usernames and their comparison keys, origins of values) and the admin API for users and stores. It does not decide
 * what happens to an account at a login (provisioning).
 */
export type { Domain, UserRegistry, UserStoreDirectory } from './contract.js';
export type { AccountChanges, NewAccount, PolicyViolation, StoreAccount, StorePolicies, UserStore, UserStoreCapabilities } from './store.js';
export type { RegisteredUser, User, ValueOrigin } from './users.js';
