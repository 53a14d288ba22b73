import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { execute, isUniqueViolation, type Transaction } from '@foyer/platform';
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
  readonly status: LinkStatus;
  readonly version: number;
  readonly created_at: number;
  readonly updated_at: number;
}

const columns = 'id, link_key, identity_provider_id, identity_provider, issuer, subject, user_id, status, version, created_at, updated_at';
const byKey = `SELECT ${columns} FROM account_links WHERE link_key = ?`;
const insertion = `INSERT INTO account_links (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

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
   * Writes what a plan decided about the link, as `reserved` or as `active`. Doing it again changes nothing.
   * @returns false when the link is not what the plan was decided on, and not what it decided either
   */
  async write(tx: Transaction, person: Person, step: LinkAccount, status: LinkAccount['status'], now: number): Promise<boolean> {
    if (step.reason === 'link.first') return this.insert(tx, person, step, status, now);
    if (step.reason === 'link.reserved') return status === 'active' ? this.activate(tx, step, now) : this.leadsTo(tx, person, step.userId);
    const replaced = await execute(
      tx,
      'UPDATE account_links SET user_id = ?, status = ?, version = version + 1, updated_at = ? WHERE id = ? AND version = ?',
      [step.userId, status, now, step.linkId, step.basedOn],
    );
    return replaced > 0 || this.leadsTo(tx, person, step.userId);
  }

  /** The account exists from now on. @returns false when the link no longer waits for it */
  async activate(tx: Transaction, { linkId, userId }: LinkAccount, now: number): Promise<boolean> {
    const sql =
      "UPDATE account_links SET status = 'active', version = version + 1, updated_at = ? WHERE id = ? AND user_id = ? AND status = 'reserved'";
    return (await execute(tx, sql, [now, linkId, userId])) > 0;
  }

  /** Marks the links of a user who is being deleted: the id never comes back, whoever logs in. */
  async bury(tx: Transaction, userId: string, now: number): Promise<void> {
    await tx.query("UPDATE account_links SET status = 'tombstone', version = version + 1, updated_at = ? WHERE user_id = ?", [now, userId]);
  }

  private async insert(tx: Transaction, person: Person, step: LinkAccount, status: LinkStatus, now: number): Promise<boolean> {
    const key = linkKey(person);
    const { identityProviderId, identityProvider, issuer, subject } = person;
    try {
      await tx.query(insertion, [
        step.linkId,
        key,
        identityProviderId,
        identityProvider,
        issuer,
        subject,
        step.userId,
        status,
        1,
        now,
        now,
      ]);
      return true;
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      return this.leadsTo(tx, person, step.userId);
    }
  }

  private async leadsTo(tx: Transaction, person: Person, userId: string): Promise<boolean> {
    const link = await this.find(tx, person);
    return link?.userId === userId && link.status === 'reserved';
  }
}

const toLink = (row: LinkRecord): AccountLink => ({
  id: row.id,
  linkKey: row.link_key,
  identityProviderId: row.identity_provider_id,
  identityProvider: row.identity_provider,
  issuer: row.issuer,
  subject: row.subject,
  userId: row.user_id,
  status: row.status,
  version: row.version,
  createdAt: Number(row.created_at),
  updatedAt: Number(row.updated_at),
});
