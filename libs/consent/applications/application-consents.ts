import { encodeJson, execute, newId, type Transaction } from '@foyer/platform';
import { Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import { ApplicationConsentRow } from './application-consent.row.js';

/** What somebody agreed that an application learns. */
export interface ApplicationConsent {
  readonly id: string;
  readonly subject: string;
  readonly applicationId: string;
  readonly application: string;
  /** Names of claims. */
  readonly claims: readonly string[];
  readonly givenAt: number;
  readonly revokedAt: number | null;
}

export interface NewApplicationConsent {
  readonly subject: string;
  readonly applicationId: string;
  readonly application: string;
  readonly claims: readonly string[];
}

/** What people agreed that applications with `consent: ask` learn. */
@Injectable()
export class ApplicationConsents {
  /** The claims that a person agreed to; undefined when they never did, or took it back. */
  async granted(em: EntityManager, subject: string, applicationId: string): Promise<readonly string[] | undefined> {
    const rows: { claims: string; revoked_at: number | null }[] = await em.query(
      `SELECT claims, revoked_at FROM application_consents WHERE subject = ? AND application_id = ?
       ORDER BY given_at DESC, id DESC LIMIT 1`,
      [subject, applicationId],
    );
    const [latest] = rows;
    if (!latest || latest.revoked_at !== null) return undefined;
    const claims: unknown = JSON.parse(latest.claims);
    return Array.isArray(claims) ? claims.map(String) : [];
  }

  /** Remembers it, together with what was agreed to before: an application that asks for one thing today and another tomorrow asks once for each. */
  async grant(tx: Transaction, { subject, applicationId, application, claims }: NewApplicationConsent, now: number): Promise<void> {
    const before = (await this.granted(tx, subject, applicationId)) ?? [];
    const all = [...new Set([...before, ...claims])];
    await tx.query(
      `INSERT INTO application_consents (id, subject, application_id, application, claims, given_at, revoked_at)
       VALUES (?, ?, ?, ?, ?, ?, NULL)`,
      [newId(), subject, applicationId, application, encodeJson(all), now],
    );
  }

  /** @returns whether there was something to take back */
  async revoke(tx: Transaction, subject: string, applicationId: string, now: number): Promise<boolean> {
    const sql = 'UPDATE application_consents SET revoked_at = ? WHERE subject = ? AND application_id = ? AND revoked_at IS NULL';
    return (await execute(tx, sql, [now, subject, applicationId])) > 0;
  }

  /** What holds now, one of each application, by its name. */
  async listOf(em: EntityManager, subject: string): Promise<ApplicationConsent[]> {
    const all = await this.historyOf(em, [subject]);
    const latest = new Map(all.map((consent) => [consent.applicationId, consent]));
    return [...latest.values()].filter(({ revokedAt }) => revokedAt === null).sort((a, b) => (a.application < b.application ? -1 : 1));
  }

  /** Everything that a person ever agreed to, oldest first. @param subjects all that they ever had */
  historyOf(em: EntityManager, subjects: readonly string[]): Promise<ApplicationConsent[]> {
    return em.find(ApplicationConsentRow, { where: { subject: In([...subjects]) }, order: { givenAt: 'ASC', id: 'ASC' } });
  }

  /** Removes everything that a person agreed to. */
  async forget(tx: Transaction, subject: string): Promise<void> {
    await tx.query('DELETE FROM application_consents WHERE subject = ?', [subject]);
  }
}
