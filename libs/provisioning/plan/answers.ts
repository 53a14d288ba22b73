import type { ConsentAnswer } from '@foyer/consent';

/**
 * What a person answered on the page that a plan asked for. It is of one request: nothing of it is kept but by what the plan does with it, and of
 * the passwords not even that.
 */
export interface Answers {
  readonly username?: string;
  /** For the new account. */
  readonly password?: string;
  readonly passwordRepeated?: string;
  /** Of the account that exists, to prove that it is theirs: its username where they are not told it, as `name` or `DOMAIN/name`. */
  readonly ownershipUsername?: string;
  readonly ownershipPassword?: string;
  readonly consent?: readonly ConsentAnswer[];
}
