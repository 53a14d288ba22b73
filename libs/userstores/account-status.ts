import type { StoreAccount } from './store.js';
import type { RegisteredUser } from './users.js';

/** Why nobody logs in to an account. */
export type AccountStatusProblem = 'account.disabled' | 'account.locked' | 'account.expired';

/**
 * Why nobody may log in to an account or stay logged in at this moment; undefined when the person may. What an administrator did counts before what
 * time did.
 * @param account what the store holds: disabled there is disabled; left out where the store is not asked
 * @param now milliseconds since the epoch
 */
export function accountStatusProblem(
  user: Pick<RegisteredUser, 'enabled' | 'locked' | 'expiresAt'>,
  account: Pick<StoreAccount, 'enabled'> | undefined,
  now: number,
): AccountStatusProblem | undefined {
  if (!user.enabled || account?.enabled === false) return 'account.disabled';
  if (user.locked) return 'account.locked';
  return user.expiresAt !== undefined && user.expiresAt <= now ? 'account.expired' : undefined;
}
