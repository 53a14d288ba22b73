import { encodeJson, execute, FoyerError, isUniqueViolation, type Transaction } from '@foyer/platform';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ConsentReceiptRow } from './receipt.row.js';
import type { ConsentReceipt, CurrentReceipt, NewConsentReceipt } from './receipt.js';

const insertion = `INSERT INTO consent_receipts (id, user_id, purpose_id, purpose, version, notice, identity_provider_id, identity_provider,
  login_id, language, accepted, refused, state, given_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Of each purpose the receipt after which there is none. */
const currentSql = `SELECT id, purpose_id, purpose, version, accepted, refused, state, given_at FROM consent_receipts r
  WHERE user_id = ? AND NOT EXISTS (
    SELECT 1 FROM consent_receipts later WHERE later.user_id = r.user_id AND later.purpose_id = r.purpose_id
      AND later.given_at >= r.given_at AND (later.given_at > r.given_at OR later.id > r.id))`;

interface CurrentRow {
  readonly id: string;
  readonly purpose_id: string;
  readonly purpose: string;
  readonly version: number;
  readonly accepted: string;
  readonly refused: string;
  readonly state: CurrentReceipt['state'];
  readonly given_at: number;
}

/** What people decided: one row for each decision, kept as it was but for its revocation. */
@Injectable()
export class Receipts {
  /** A person's latest receipt of each purpose. */
  async current(em: EntityManager, userId: string): Promise<CurrentReceipt[]> {
    const rows: CurrentRow[] = await em.query(currentSql, [userId]);
    return rows.map((row) => ({
      id: row.id,
      purposeId: row.purpose_id,
      purpose: row.purpose,
      version: row.version,
      accepted: namesIn(row.accepted),
      refused: namesIn(row.refused),
      state: row.state,
      givenAt: Number(row.given_at),
    }));
  }

  /** @throws FoyerError `receipt.notFound` */
  async get(em: EntityManager, id: string): Promise<ConsentReceipt> {
    const receipt = await em.findOneBy(ConsentReceiptRow, { id });
    if (!receipt) throw receiptNotFound();
    return receipt;
  }

  /** Everything that a person ever decided, oldest first. */
  ofUser(em: EntityManager, userId: string): Promise<ConsentReceipt[]> {
    return em.find(ConsentReceiptRow, { where: { userId }, order: { givenAt: 'ASC', id: 'ASC' } });
  }

  /** Writes receipts. One whose id is there already stays as it is: recording again changes nothing. */
  async record(tx: Transaction, receipts: readonly NewConsentReceipt[]): Promise<void> {
    for (const receipt of receipts) await this.insert(tx, receipt);
  }

  /** Ends a receipt that was accepted. @returns whether it did: not for one that is unknown, refused, or revoked already */
  async revoke(tx: Transaction, id: string, now: number): Promise<boolean> {
    const sql = `UPDATE consent_receipts SET state = 'revoked', revoked_at = ? WHERE id = ? AND state = 'accepted'`;
    return (await execute(tx, sql, [now, id])) === 1;
  }

  /** Removes everything that a person decided. */
  async forget(tx: Transaction, userId: string): Promise<void> {
    await tx.query('DELETE FROM consent_receipts WHERE user_id = ?', [userId]);
  }

  private async insert(tx: Transaction, receipt: NewConsentReceipt): Promise<void> {
    try {
      await tx.query(insertion, [
        ...[receipt.id, receipt.userId, receipt.purposeId, receipt.purpose, receipt.version, receipt.notice],
        ...[receipt.identityProviderId, receipt.identityProvider, receipt.loginId, receipt.language],
        ...[encodeJson(receipt.accepted), encodeJson(receipt.refused), receipt.state, receipt.givenAt],
      ]);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
    }
  }
}

export const receiptNotFound = (): FoyerError =>
  new FoyerError('notFound', 'receipt.notFound', 'There is no consent receipt with this id.');

/** What the only change that a receipt can see makes of it. */
export const versionOf = ({ id, state }: Pick<ConsentReceipt, 'id' | 'state'>): { id: string; version: number } => ({
  id,
  version: state === 'revoked' ? 2 : 1,
});

function namesIn(json: string): string[] {
  const names: unknown = JSON.parse(json);
  return Array.isArray(names) ? names.map(String) : [];
}
