import type { Attributes, AttributeValue, Transaction } from '@foyer/platform';
import type { CircuitState } from './availability/circuit-breaker.js';

/** What a store can do; callers ask first. */
export interface UserStoreCapabilities {
  /** Nothing can be written, whatever else is said here. */
  readonly readOnly: boolean;
  /** Accounts can be created. */
  readonly create: boolean;
  /** Accounts have passwords, to be checked here, and to be set unless `readOnly`. */
  readonly passwords: boolean;
  /** No account is without a password: just-in-time creation sets one that nobody knows (`generatePassword`). */
  readonly passwordRequired: boolean;
  /** Accounts have roles. */
  readonly roles: boolean;
  /** Accounts have groups. */
  readonly groups: boolean;
  /** Writes can be part of Foyer's own transaction: the store lives in Foyer's own database. */
  readonly transactional: boolean;
}

/** An account as its store holds it. `userId` is the id minted by Foyer: every operation is keyed by it. */
export interface StoreAccount {
  readonly userId: string;
  /** As first written. */
  readonly username: string;
  readonly enabled: boolean;
  readonly attributes: Attributes;
  readonly roles: readonly string[];
  readonly groups: readonly string[];
}

/**
 * A password on its way into a store, made by `preparePassword` of that store: hashed already, or still in the clear where the store hashes.
 * It lives as long as the request that brought the password: never in a login's state, a job, a log or the journal.
 */
export interface PreparedPassword {
  readonly prepared: string;
}

export interface NewAccount extends StoreAccount {
  /** Checked against the policy by the caller. */
  readonly password?: PreparedPassword;
}

/** Only what is named changes. `null` removes an attribute. */
export interface AccountChanges {
  readonly username?: string;
  readonly enabled?: boolean;
  readonly attributes?: Readonly<Record<string, AttributeValue | null>>;
  readonly roles?: { readonly add?: readonly string[]; readonly remove?: readonly string[] };
  readonly groups?: { readonly add?: readonly string[]; readonly remove?: readonly string[] };
}

/**
 * Where accounts live. Writes are idempotent by `userId`: doing one again changes nothing. A store whose capabilities say `transactional` writes
 * in the transaction it is given; any other ignores it and must be called outside of one. Each call ends within the store's timeout.
 * @throws FoyerError `username.taken`, `store.readOnly`, `store.disabled`, `account.notFound` (to change an account that the store has not),
 *   `store.unavailable` (kind `unavailable`: down, timeout, breaker open)
 */
export interface UserStore {
  readonly domain: string;
  readonly capabilities: UserStoreCapabilities;
  /** Whether calls go through at the moment; undefined for a store that is there whenever Foyer is. */
  readonly circuit?: CircuitState | undefined;
  find(userId: string, tx?: Transaction): Promise<StoreAccount | undefined>;
  /**
   * As `find`, once earlier calls about this account have ended whose callers gave up waiting, died or were cut off: none of them changes afterwards what
   * is found here. For who decides what to write; outside of any transaction.
   */
  findSettled(userId: string): Promise<StoreAccount | undefined>;
  /** Those of the accounts that the store has, by user id. For lists: at most 500 at once. */
  findMany(userIds: readonly string[]): Promise<ReadonlyMap<string, StoreAccount>>;
  /** By comparison key (`usernameKey`), wherever the account came from. */
  findByUsername(username: string, tx?: Transaction): Promise<StoreAccount | undefined>;
  /** @returns false when the store has an account of this user already: then nothing happens */
  create(account: NewAccount, tx?: Transaction): Promise<boolean>;
  update(userId: string, changes: AccountChanges, tx?: Transaction): Promise<void>;
  delete(userId: string, tx?: Transaction): Promise<void>;
  /** The slow part of setting a password, to be done before a transaction is opened. */
  preparePassword(password: string): Promise<PreparedPassword>;
  setPassword(userId: string, password: PreparedPassword, tx?: Transaction): Promise<void>;
  /** Whether the account can be logged in to by a password. False for an account that the store has not. */
  hasPassword(userId: string, tx?: Transaction): Promise<boolean>;
  /** Constant in time for known and unknown users: an unknown user or one without a password costs a dummy hash. */
  verifyPassword(username: string, password: string): Promise<StoreAccount | undefined>;
  /** Throws when the store does not answer. */
  ping(): Promise<void>;
}

/** A policy of a store, as compiled from its settings. Violations name the policy and never the value. */
export interface PolicyViolation {
  /** Such as `policy.username`, `policy.password`, `policy.rolename`. */
  readonly code: string;
  /** The name of the setting, such as `usernamePattern`. */
  readonly policy: string;
  readonly message: string;
}

/** Pure checks, so that `plan()` may use them. */
export interface StorePolicies {
  username(value: string): PolicyViolation | undefined;
  rolename(value: string): PolicyViolation | undefined;
  password(value: string): PolicyViolation | undefined;
}
