import type { ConsentPurpose, CurrentReceipt } from '@foyer/consent';
import type { MatchAttribute } from '@foyer/identity-providers';
import type { RegisteredUser, StoreAccount, StorePolicies, UserStoreCapabilities } from '@foyer/userstores';
import type { AccountLink } from '../linking/account-link.js';
import type { AskOwnership } from './plan-steps.js';
import type { DenialReason } from './reasons.js';

/** A domain as `plan()` sees it: what its store can do and what its policies say, without the store. */
export interface StoreView {
  readonly domain: string;
  readonly enabled: boolean;
  readonly capabilities: UserStoreCapabilities;
  readonly policies: StorePolicies;
}

/** A store that did not do its work. `passable` failures are those that `onFailure: admit` covers: down, timeout, breaker open, read-only. */
export interface StoreFailure {
  readonly code: DenialReason;
  readonly message: string;
  readonly passable: boolean;
}

/** A user, and their account. */
export interface KnownUser {
  readonly user: RegisteredUser;
  /** What its store holds; undefined when the store has lost it, or could not be asked. */
  readonly account?: StoreAccount;
}

/** An existing account that a matching rule of the identity provider found. */
export interface MatchedUser extends KnownUser {
  /** What the rule compared. */
  readonly by: MatchAttribute;
}

/** What became of the password by which a person wanted to prove that an account is theirs. */
export interface OwnershipProof {
  readonly userId: string;
  readonly problem?: AskOwnership['problem'];
  /** Seconds. */
  readonly retryAfter?: number;
}

/** Everything that `plan()` has to know of the stored state. Read at one moment; `apply()` checks again what must not have changed since. */
export interface Snapshot {
  readonly link?: AccountLink;
  /** The user under the link's id; none for a tombstone. */
  readonly user?: RegisteredUser;
  /** What the user's store holds for that user. */
  readonly account?: StoreAccount;
  /** All configured domains. */
  readonly stores: readonly StoreView[];
  /** Whether the username that a new account would get belongs to somebody in its store. */
  readonly usernameTaken: boolean;
  /** Of the store of the user, or of the one that a new account would go to. */
  readonly failure?: StoreFailure;
  /** Whom the first matching rule found that finds any: at most two, and two are one too many. */
  readonly matches: readonly MatchedUser[];
  readonly ownership?: OwnershipProof;
  /** What the identity provider's prompt asks consent for; empty when it does not ask. */
  readonly purposes: readonly ConsentPurpose[];
  /** The latest decisions of the user about purposes. */
  readonly receipts: readonly CurrentReceipt[];
  /** Whether nobody else owns Foyer but this user. */
  readonly isLastOwner: boolean;
  /** Undefined where no login of this identity has ever left anything to a job. */
  readonly jobs?: OpenWork;
}

/** What earlier logins of an identity left to jobs. */
export interface OpenWork {
  /** Some of it is not done. */
  readonly open: boolean;
  /** The latest login of which something is not done: what it said is what the account becomes. */
  readonly loginId?: string;
  /** It was given up, and nobody has done it since. */
  readonly failure?: StoreFailure;
}

/** The view of a domain; undefined when it is not configured. Case does not matter. */
export function storeIn({ stores }: Pick<Snapshot, 'stores'>, domain: string): StoreView | undefined {
  const key = domain.toUpperCase();
  return stores.find((store) => store.domain === key);
}
