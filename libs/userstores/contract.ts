import type { EntityManager } from 'typeorm';
import type { Transaction } from '@foyer/platform';
import type { SearchableKey } from './registry/searchable-keys.js';
import type { StorePolicies, UserStore } from './store.js';
import type { MembershipGrants, RegisteredUser, ValueOrigin } from './users.js';

/** A configured domain: its store, ready to use, and its policies. */
export interface Domain {
  readonly domain: string;
  readonly enabled: boolean;
  readonly store: UserStore;
  readonly policies: StorePolicies;
}

/** Nest token of the {@link UserStoreDirectory}. */
export const USER_STORE_DIRECTORY = Symbol('UserStoreDirectory');

/** The configured user stores, kept in memory and refreshed within a second of a change. */
export interface UserStoreDirectory {
  /** Ignores case. */
  find(domain: string): Domain | undefined;
  all(): readonly Domain[];
}

/** Nest token of the {@link UserRegistry}. */
export const USER_REGISTRY = Symbol('UserRegistry');

/** A user to be registered. */
export type NewRegisteredUser = Omit<RegisteredUser, 'usernameKey' | 'version' | 'updatedAt' | 'locked' | 'grants' | 'suspendedRoles'> &
  Partial<Pick<RegisteredUser, 'locked' | 'grants'>> & { readonly keys?: UserKeys };

/** Values to find a user by, see `searchableKeys`; `null`: none. */
export type UserKeys = Readonly<Partial<Record<SearchableKey, string | null>>>;

/** What `UserRegistry.matching` finds users by. */
export type MatchableAttribute = 'username' | 'email' | SearchableKey;

/** Only what is named changes. */
export interface RegistryChanges {
  readonly username?: string;
  readonly enabled?: boolean;
  readonly locked?: boolean;
  /** `null`: never. */
  readonly expiresAt?: number | null;
  readonly origins?: Readonly<Record<string, ValueOrigin>>;
  readonly grants?: MembershipGrants;
  readonly suspendedRoles?: readonly string[];
  /** `null`: none. */
  readonly email?: string | null;
  readonly keys?: UserKeys;
}

/** Foyer's registry of users. Raw SQL behind it: it is on the path of every login. */
export interface UserRegistry {
  find(em: EntityManager, id: string): Promise<RegisteredUser | undefined>;
  /** Like `find`, and nobody else changes the row before the transaction ends. */
  lock(tx: Transaction, id: string): Promise<RegisteredUser | undefined>;
  findByUsername(em: EntityManager, domain: string, username: string): Promise<RegisteredUser | undefined>;
  /**
   * At most two users who have a value, by an index: two mean that it tells nobody apart. Only those whose account exists (`active`), whether or not
   * they may log in, and none whose value has the origin `self`. Compared as `usernameKey`, `emailKey` and `searchableKey` say.
   * @param domain any store when absent; a username is looked for in a domain
   */
  matching(em: EntityManager, attribute: MatchableAttribute, value: string, domain?: string): Promise<readonly RegisteredUser[]>;
  /** @throws FoyerError `username.taken` when the comparison key exists in the store already */
  insert(tx: Transaction, user: NewRegisteredUser): Promise<void>;
  activate(tx: Transaction, id: string, now: number): Promise<void>;
  /**
   * Counts the version up. Returns false when the row is gone.
   * @throws FoyerError `username.taken`
   */
  update(tx: Transaction, id: string, changes: RegistryChanges, now: number): Promise<boolean>;
  remove(tx: Transaction, id: string): Promise<void>;
}
