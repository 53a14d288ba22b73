import type { InputFault, Transaction } from '@foyer/platform';

/** Who somebody is at an identity provider, as an administrator says it. */
export interface NamedIdentity {
  /** The provider's name. */
  readonly identityProvider: string;
  readonly subject: string;
}

/** An external identity that leads to a user. */
export interface UserLink extends NamedIdentity {
  /** Whether somebody has logged in by it; otherwise an administrator named it, and nobody has yet. */
  readonly active: boolean;
}

/** What becomes of the links of a user. */
export interface LinkChanges {
  readonly add: readonly NamedIdentity[];
  readonly remove: readonly NamedIdentity[];
  /** Whether the person can log in without any link. */
  readonly hasPassword: boolean;
}

/** A part of a query about users: an SQL subquery of their ids, with named parameters (`:name`) of its own. */
export interface UserIdQuery {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The links of users, which others keep: what lists show and filter by, and what administrators name. Implemented where account links are. */
export interface UserLinks {
  linksOf(userIds: readonly string[]): Promise<ReadonlyMap<string, readonly UserLink[]>>;
  /** The ids of users who have a link with all that is named. Parameters begin with `link`. */
  usersWith(wanted: { readonly identityProvider?: string; readonly subject?: string }): UserIdQuery;
  /** The name of an identity provider; undefined when it was deleted. */
  providerName(identityProviderId: string): string | undefined;
  /** What is wrong with an identity that is to be named; `path` is its key. */
  faultOf(identity: NamedIdentity): InputFault | undefined;
  /**
   * Names identities for a user, and takes links away. The user is locked in this transaction.
   * @returns the ids of the identity providers by which the user is not known any more, for `UserLifecycle.unlinked`
   * @throws FoyerError `link.taken`, `link.last` (conflict)
   */
  change(tx: Transaction, userId: string, changes: LinkChanges): Promise<readonly string[]>;
}

/** Nest token of {@link UserLinks}. */
export const USER_LINKS = Symbol('UserLinks');

/** Follows what becomes of users. All are called one after the other, in the order in which the composition root names them. */
export interface UserLifecycle {
  /** Takes part in the transaction that changes or removes the user, before anything of the user is locked: database calls only. */
  changing?(tx: Transaction, userId: string): Promise<void>;
  /** Takes part in the transaction that removes the user, before the row goes: database calls only. */
  removed(tx: Transaction, userId: string): Promise<void>;
  /** After the commit, for a user who was disabled, locked, expired or removed: whatever they are logged in to ends now. Doing it again changes nothing. */
  disabled(userId: string): Promise<void>;
  /** After the commit, for a user who lost a link: what they are logged in to by that identity provider ends now. As often as you like. */
  unlinked?(userId: string, identityProviderId: string): Promise<void>;
}

/** Nest token of the {@link UserLifecycle}s, an array. */
export const USER_LIFECYCLE = Symbol('UserLifecycle');
