import type { RegisteredUser, StoreAccount } from '@foyer/userstores';
import { denied, type Decision } from './decision.js';
import * as deny from './denials.js';
import { passOver } from './pass-over.js';
import type { PlanInput } from './plan-input.js';
import type { KnownUser, StoreView } from './snapshot.js';

/** An account that exists, with its store. */
export interface Existing {
  readonly user: RegisteredUser;
  readonly account: StoreAccount;
  readonly store: StoreView;
}

/** The account of a user in a store that can be used, or what a login comes to without it. */
export function existing(input: PlanInput, { user, account }: KnownUser): Existing | Decision {
  const { failure } = input.snapshot;
  const store = deny.usableStore(input, user.userStore);
  if ('reason' in store) return denied(store);
  if (failure) return passOver(input, [], failure);
  return account ? { user, account, store } : denied(deny.accountMissing(user.userStore));
}
