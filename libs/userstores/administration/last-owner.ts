import type { EntityManager } from 'typeorm';
import { ownerRole } from '@foyer/admin-access';
import { FoyerError, forUpdate, type Transaction } from '@foyer/platform';
import { primaryDomain } from '../settings/settings.js';
import type { StoreAccount } from '../store.js';
import type { RegisteredUser } from '../users.js';

const otherOwner = `SELECT u.id FROM account_memberships m
  JOIN accounts a ON a.user_id = m.user_id AND a.domain = ? AND a.enabled = 1
  JOIN users u ON u.id = m.user_id AND u.user_store = ? AND u.enabled = 1 AND u.status = 'active'
  WHERE m.kind = 'role' AND m.name = ? AND m.user_id <> ? ORDER BY u.id LIMIT 1`;

/**
 * Somebody always has to be able to administer Foyer, whatever becomes of other stores: an enabled owner in PRIMARY remains.
 * @param after what the user will be; undefined when removed
 * @throws FoyerError `owner.last`
 */
export async function keepAnOwner(
  tx: Transaction,
  user: RegisteredUser,
  before: Pick<StoreAccount, 'enabled' | 'roles'>,
  after: Pick<StoreAccount, 'enabled' | 'roles'> | undefined,
): Promise<void> {
  if (user.userStore !== primaryDomain || !user.enabled || !isOwner(before) || (after && isOwner(after))) return;
  // Locks whom it finds: of two owners who are removed at the same moment, one comes second.
  if (await hasOwner(tx, user.id, forUpdate(tx))) return;
  throw new FoyerError('conflict', 'owner.last', 'This is the last enabled owner. Make somebody else an owner in PRIMARY first.');
}

/** Whether an enabled owner is in PRIMARY, other than a user who is on the way out. */
export async function hasOwner(em: EntityManager, except = '', lock = ''): Promise<boolean> {
  const owners: unknown[] = await em.query(otherOwner + lock, [primaryDomain, primaryDomain, ownerRole, except]);
  return owners.length > 0;
}

const isOwner = ({ enabled, roles }: Pick<StoreAccount, 'enabled' | 'roles'>): boolean => enabled && roles.includes(ownerRole);
