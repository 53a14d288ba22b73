import { Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import { execute, isUniqueViolation, maxJsonBytes, type Transaction } from '@foyer/platform';
import type { JournalEntry } from './entry.js';
import { JournalEntryRow } from './journal-entry-row.js';

const insertion = `INSERT INTO journal_entries (id, login_id, identity_provider_id, identity_provider, subject, user_id, user_store, username,
  outcome, code, plan, before_values, after_values, duration_ms, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Writes entries. On the path of every login, hence plain SQL. */
@Injectable()
export class Journal {
  /** Appends an entry, part of the transaction that does what it tells. An entry whose id is there already is not written again. */
  async append(tx: Transaction, entry: JournalEntry): Promise<void> {
    try {
      await tx.query(insertion, [
        ...[entry.id, entry.loginId, entry.identityProviderId, entry.identityProvider, fit(entry.subject, 255), entry.userId],
        ...[entry.userStore, entry.username === null ? null : fit(entry.username, 255), entry.outcome, entry.code],
        ...[json(entry.plan), entry.before && json(entry.before), entry.after && json(entry.after), entry.durationMs, entry.createdAt],
      ]);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
    }
  }

  async has(em: EntityManager, id: string): Promise<boolean> {
    const rows: unknown[] = await em.query('SELECT 1 FROM journal_entries WHERE id = ?', [id]);
    return rows.length > 0;
  }

  /** The plan by which a login was denied; undefined when it was not. */
  async denialOf(em: EntityManager, loginId: string): Promise<unknown> {
    const found = await em.findOne(JournalEntryRow, { where: { loginId, outcome: In(['deny', 'failed']) }, order: { createdAt: 'DESC' } });
    return found?.plan;
  }

  /** Removes at most `limit` entries that were written before a time, oldest first. Returns how many. */
  async forget(tx: Transaction, before: number, limit: number): Promise<number> {
    const rows: { id: string }[] = await tx.query('SELECT id FROM journal_entries WHERE created_at < ? ORDER BY created_at, id LIMIT ?', [
      before,
      limit,
    ]);
    if (rows.length === 0) return 0;
    return execute(
      tx,
      `DELETE FROM journal_entries WHERE id IN (${rows.map(() => '?').join(', ')})`,
      rows.map(({ id }) => id),
    );
  }
}

/** What is shown of a value that is longer than its column: the journal tells of refused input, too. */
const fit = (text: string, longest: number): string =>
  (text.length > longest ? `${text.slice(0, longest - 1)}…` : text).replace(/\p{Surrogate}/gu, '\ufffd');

/** A login never fails because its story is too long to be told. */
function json(value: unknown): string {
  const text = JSON.stringify(value);
  const bytes = Buffer.byteLength(text);
  return bytes > maxJsonBytes ? JSON.stringify({ omitted: 'too large', bytes }) : text;
}
