import type { Transaction } from '@foyer/platform';

/** An external identity that leads to a user. */
export interface UserLink {
  /** The provider's name. */
  readonly identityProvider: string;
  readonly subject: string;
  readonly active: boolean;
}

/** A part of a query about users: an SQL subquery of their ids, with named parameters (`:name`) of its own. */
export interface UserIdQuery {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What the lists of users show and filter by, although others keep it. Implemented where account links are. */
export interface UserLinks {
  linksOf(userIds: readonly string[]): Promise<ReadonlyMap<string, readonly UserLink[]>>;
  /** The ids of users who have a link with all that is named. Parameters begin with `link`. */
  usersWith(wanted: { readonly identityProvider?: string; readonly subject?: string }): UserIdQuery;
}

/** Nest token of {@link UserLinks}. */
export const USER_LINKS = Symbol('UserLinks');

/** Follows what becomes of users. All are called one after the other, in the order in which the composition root names them. */
export interface UserLifecycle {
  /** Takes part in the transaction that removes the user, before the row goes: database calls only. */
  removed(tx: Transaction, userId: string): Promise<void>;
  /** After the commit, for a user who was disabled or removed: whatever they are logged in to ends now. Doing it again changes nothing. */
  disabled(userId: string): Promise<void>;
}

/** Nest token of the {@link UserLifecycle}s, an array. */
export const USER_LIFECYCLE = Symbol('UserLifecycle');
