import type { EntityManager } from 'typeorm';
import { ownerRole } from '@foyer/admin-access';
import { FoyerError, forUpdate, type Transaction } from '@foyer/platform';
import { primaryDomain } from '../settings/settings.js';
import type { StoreAccount } from '../store.js';
import type { RegisteredUser } from '../users.js';

/** A list of suspended roles, as JSON, that has the owner's. */
const suspendedOwner = `%${JSON.stringify(ownerRole)}%`;

/** What an owner is by, and stays by. */
export type OwnerStanding = Pick<StoreAccount, 'enabled' | 'roles'> & Pick<RegisteredUser, 'locked' | 'expiresAt'>;

const otherOwner = `SELECT u.id FROM account_memberships m
  JOIN accounts a ON a.user_id = m.user_id AND a.domain = ? AND a.enabled = 1
  JOIN users u ON u.id = m.user_id AND u.user_store = ? AND u.enabled = 1 AND u.status = 'active'
    AND u.locked = 0 AND u.expires_at IS NULL AND (u.suspended_roles IS NULL OR u.suspended_roles NOT LIKE ?)
  WHERE m.kind = 'role' AND m.name = ? AND m.user_id <> ? ORDER BY u.id LIMIT 1`;

/**
 * Somebody always has to be able to administer Foyer, whatever becomes of other stores: an owner in PRIMARY remains who can log in and
 * whose account does not expire.
 * @param after what the user will be; undefined when removed
 * @throws FoyerError `owner.last`
 */
export async function keepAnOwner(
  tx: Transaction,
  user: RegisteredUser,
  before: Pick<StoreAccount, 'enabled' | 'roles'>,
  after: OwnerStanding | undefined,
): Promise<void> {
  const was = user.userStore === primaryDomain && user.enabled && isLastingOwner({ ...user, ...before });
  if (!was || (after && isLastingOwner(after))) return;
  // Locks whom it finds: of two owners who are removed at the same moment, one comes second.
  if (await hasOwner(tx, user.id, forUpdate(tx))) return;
  throw new FoyerError('conflict', 'owner.last', 'This is the last enabled owner. Make somebody else an owner in PRIMARY first.');
}

/** Whether there is an owner in PRIMARY who stays, other than a user who is on the way out. */
export async function hasOwner(em: EntityManager, except = '', lock = ''): Promise<boolean> {
  const owners: unknown[] = await em.query(otherOwner + lock, [primaryDomain, primaryDomain, suspendedOwner, ownerRole, except]);
  return owners.length > 0;
}

const isLastingOwner = ({ enabled, roles, locked, expiresAt }: OwnerStanding): boolean =>
  enabled && roles.includes(ownerRole) && !locked && expiresAt === undefined;
