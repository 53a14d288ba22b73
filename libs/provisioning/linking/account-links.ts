import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { execute, forShare, isUniqueViolation, newId, type Transaction } from '@foyer/platform';
import type { LinkAccount, Person } from '../plan/plan-steps.js';
import type { AccountLink, LinkStatus } from './account-link.js';
import { linkKey, type ExternalKey } from './link-key.js';

interface LinkRecord {
  readonly id: string;
  readonly link_key: string;
  readonly identity_provider_id: string;
  readonly identity_provider: string;
  readonly issuer: string;
  readonly subject: string;
  readonly user_id: string;
  readonly reserved_id: string | null;
  readonly deferred_at: number | null;
  readonly status: LinkStatus;
  readonly version: number;
  readonly created_at: number;
  readonly updated_at: number;
}

const insertedColumns =
  'id, link_key, identity_provider_id, identity_provider, issuer, subject, user_id, reserved_id, status, version, created_at, updated_at';
const columns = `${insertedColumns}, deferred_at`;
const byKey = `SELECT ${columns} FROM account_links WHERE link_key = ?`;
const insertion = `INSERT INTO account_links (${insertedColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** The table of account links. Its unique key decides which of several simultaneous first logins of one person mints the id. */
@Injectable()
export class AccountLinks {
  async find(em: EntityManager, key: ExternalKey): Promise<AccountLink | undefined> {
    const rows: LinkRecord[] = await em.query(byKey, [linkKey(key)]);
    return rows[0] && toLink(rows[0]);
  }

  ofUser(em: EntityManager, userId: string): Promise<AccountLink[]> {
    return this.ofUsers(em, [userId]);
  }

  /** @param userIds at most 500 */
  async ofUsers(em: EntityManager, userIds: readonly string[]): Promise<AccountLink[]> {
    if (userIds.length === 0) return [];
    const places = userIds.map(() => '?').join(', ');
    const sql = `SELECT ${columns} FROM account_links WHERE user_id IN (${places}) ORDER BY created_at, id`;
    const rows: LinkRecord[] = await em.query(sql, [...userIds]);
    return rows.map(toLink);
  }

  /**
   * Writes what a plan decided about the link, as `reserved` or as `active`. For an account that the plan creates, doing it again changes nothing.
   * For one that existed, the caller locks the user in the same transaction: a link must not outlive whom it leads to.
   * @returns false when the link is not what the plan was decided on, and not what it decided either; for an account that existed, also when
   *   somebody else has linked it already
   */
  async write(tx: Transaction, person: Person, step: LinkAccount, status: LinkAccount['status'], now: number): Promise<boolean> {
    if (step.reason === 'link.reserved') return status === 'active' ? this.activate(tx, step, now) : this.leadsTo(tx, person, step.userId);
    const { linkId: id, userId, basedOn } = step;
    const written =
      basedOn === null
        ? await this.insert(tx, person, { id, userId, status }, now)
        : await this.takeOver(tx, { id, version: basedOn }, userId, status, now);
    return written || (!isOfExistingAccount(step) && this.leadsTo(tx, person, userId));
  }

  /** The account exists from now on. @returns false when the link no longer waits for it */
  async activate(tx: Transaction, { linkId, userId }: LinkAccount, now: number): Promise<boolean> {
    const sql =
      "UPDATE account_links SET status = 'active', version = version + 1, updated_at = ? WHERE id = ? AND user_id = ? AND status = 'reserved'";
    return (await execute(tx, sql, [now, linkId, userId])) > 0;
  }

  /** Notes that a login of this person has left writing to a job. Does nothing where that is known. */
  async defer(tx: Transaction, person: Person, now: number): Promise<void> {
    await tx.query('UPDATE account_links SET deferred_at = ? WHERE link_key = ? AND deferred_at IS NULL', [now, linkKey(person)]);
  }

  /** Marks the links of a user who is being deleted: the id never comes back, whoever logs in. */
  async bury(tx: Transaction, userId: string, now: number): Promise<void> {
    const sql =
      "UPDATE account_links SET status = 'tombstone', reserved_id = NULL, version = version + 1, updated_at = ? WHERE user_id = ?";
    await tx.query(sql, [now, userId]);
  }

  /**
   * An administrator says that this identity is of the user, who is locked in this transaction: nobody has logged in by it, or whoever did got no
   * account. Doing it again changes nothing.
   * @returns false when another user has it
   */
  async name(tx: Transaction, person: Person, userId: string, now: number): Promise<boolean> {
    if (await this.insert(tx, person, { id: newId(), userId, status: 'named' }, now)) return true;
    const [row]: LinkRecord[] = await tx.query(byKey + forShare(tx), [linkKey(person)]);
    if (!row) return false;
    const link = toLink(row);
    if (link.userId === userId && (link.status === 'active' || link.status === 'named')) return true;
    const owners: unknown[] = await tx.query('SELECT id FROM users WHERE id = ?', [link.userId]);
    return owners.length === 0 && this.takeOver(tx, link, userId, 'named', now);
  }

  /** The identity leads to this user no more: whoever logs in by it is a stranger. @returns false when it did not lead there */
  async unlink(tx: Transaction, { id, userId }: Pick<AccountLink, 'id' | 'userId'>): Promise<boolean> {
    const sql = "DELETE FROM account_links WHERE id = ? AND user_id = ? AND status IN ('active', 'named')";
    return (await execute(tx, sql, [id, userId])) > 0;
  }

  /** @returns false when there is a link of this person already */
  private async insert(
    tx: Transaction,
    person: Person,
    { id, userId, status }: Pick<AccountLink, 'id' | 'userId' | 'status'>,
    now: number,
  ): Promise<boolean> {
    const { identityProviderId, identityProvider, issuer, subject } = person;
    const values = [id, linkKey(person), identityProviderId, identityProvider, issuer, subject, userId, null, status, 1, now, now];
    try {
      await tx.query(insertion, values);
      return true;
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      return false;
    }
  }

  /** @returns false when somebody changed the link since that version */
  private async takeOver(
    tx: Transaction,
    { id, version }: Pick<AccountLink, 'id' | 'version'>,
    userId: string,
    status: LinkStatus,
    now: number,
  ): Promise<boolean> {
    // MySQL assigns from left to right: what is read of the old row stands first.
    const sql = `UPDATE account_links SET reserved_id = CASE WHEN status = 'reserved' THEN user_id ELSE reserved_id END,
      user_id = ?, status = ?, version = version + 1, updated_at = ? WHERE id = ? AND version = ?`;
    return (await execute(tx, sql, [userId, status, now, id, version])) > 0;
  }

  private async leadsTo(tx: Transaction, person: Person, userId: string): Promise<boolean> {
    const link = await this.find(tx, person);
    return link?.userId === userId && link.status === 'reserved';
  }
}

/** Whether the account was there before the plan, and the person came to it by a proof or an administrator's word. */
const isOfExistingAccount = ({ reason }: LinkAccount): boolean =>
  reason === 'link.ownershipProven' || reason === 'link.verifiedEmail' || reason === 'link.preProvisioned';

const toLink = (row: LinkRecord): AccountLink => ({
  id: row.id,
  linkKey: row.link_key,
  identityProviderId: row.identity_provider_id,
  identityProvider: row.identity_provider,
  issuer: row.issuer,
  subject: row.subject,
  userId: row.user_id,
  reservedId: row.reserved_id,
  deferredAt: row.deferred_at === null ? null : Number(row.deferred_at),
  status: row.status,
  version: row.version,
  createdAt: Number(row.created_at),
  updatedAt: Number(row.updated_at),
});
