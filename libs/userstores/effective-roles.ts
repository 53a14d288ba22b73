import type { StoreAccount } from './store.js';
import type { RegisteredUser } from './users.js';

/** The roles of an account that count: those that its store has, without what is to be taken away from it. */
export function effectiveRoles({ suspendedRoles }: Pick<RegisteredUser, 'suspendedRoles'>, { roles }: StoreAccount): readonly string[] {
  return suspendedRoles.length === 0 ? roles : roles.filter((role) => !suspendedRoles.includes(role));
}
