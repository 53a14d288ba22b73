import type { EntityManager } from 'typeorm';
import type { Transaction } from '@foyer/platform';
import type { StorePolicies, UserStore } from './store.js';
import type { RegisteredUser, ValueOrigin } from './users.js';

/** A configured domain: its store, ready to use, and its policies. */
export interface Domain {
  readonly domain: string;
  readonly enabled: boolean;
  readonly store: UserStore;
  readonly policies: StorePolicies;
}

/** The configured user stores, kept in memory and refreshed within a second of a change. */
export interface UserStoreDirectory {
  /** Ignores case. */
  find(domain: string): Domain | undefined;
  all(): readonly Domain[];
}

/** Foyer's registry of users. Raw SQL behind it: it is on the path of every login. */
export interface UserRegistry {
  find(em: EntityManager, id: string): Promise<RegisteredUser | undefined>;
  findByUsername(em: EntityManager, domain: string, username: string): Promise<RegisteredUser | undefined>;
  /** @throws FoyerError `username.taken` when the comparison key exists in the store already */
  insert(tx: Transaction, user: Omit<RegisteredUser, 'usernameKey' | 'version' | 'updatedAt'>): Promise<void>;
  activate(tx: Transaction, id: string, now: number): Promise<void>;
  /** Counts the version up. Returns false when the row is gone. */
  update(tx: Transaction, id: string, changes: { username?: string; enabled?: boolean; origins?: Readonly<Record<string, ValueOrigin>> }, now: number): Promise<boolean>;
  remove(tx: Transaction, id: string): Promise<void>;
}
