import type { RegisteredUser, StoreAccount, StorePolicies, UserStoreCapabilities } from '@foyer/userstores';
import type { AccountLink } from '../linking/account-link.js';

/** A domain as `plan()` sees it: what its store can do and what its policies say, without the store. */
export interface StoreView {
  readonly domain: string;
  readonly enabled: boolean;
  readonly capabilities: UserStoreCapabilities;
  readonly policies: StorePolicies;
}

/** A store that did not do its work. `passable` failures are those that `onFailure: admit` covers: down, timeout, breaker open, read-only. */
export interface StoreFailure {
  readonly code: string;
  readonly message: string;
  readonly passable: boolean;
}

/** Everything that `plan()` has to know of the stored state. Read at one moment; `apply()` checks again what must not have changed since. */
export interface Snapshot {
  readonly link?: AccountLink;
  /** The user under the link's id; none for a tombstone. */
  readonly user?: RegisteredUser;
  /** What the user's store holds for that user. */
  readonly account?: StoreAccount;
  /** The user's store, or the one that a new account would go to; undefined when no such domain is configured. */
  readonly store?: StoreView;
  /** Whether the username that a new account would get belongs to somebody in that store. */
  readonly usernameTaken: boolean;
  readonly failure?: StoreFailure;
}
