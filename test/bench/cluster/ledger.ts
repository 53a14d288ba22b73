import Sqlite from 'better-sqlite3';
import { createPool, type Pool } from 'mysql2/promise';
import { setTimeout as delay } from 'node:timers/promises';

/** What a database says in answer to a statement. */
type Rows = readonly Readonly<Record<string, number | string | null>>[];

const patienceMs = 300_000;

/** Foyer's database, as somebody reads it who measures. */
export class Ledger {
  private constructor(
    readonly query: (sql: string, values?: readonly (string | number)[]) => Promise<Rows>,
    readonly close: () => Promise<void>,
  ) {}

  /** @param address the path of a SQLite file, or `mysql://…` */
  static open(address: string): Ledger {
    if (address.startsWith('mysql:')) {
      const pool: Pool = createPool({ uri: address, connectionLimit: 2 });
      const query = async (sql: string, values: readonly (string | number)[] = []): Promise<Rows> => {
        const [rows] = await pool.query(sql, [...values]);
        return rows as Rows;
      };
      return new Ledger(query, () => pool.end());
    }
    const file = new Sqlite(address, { readonly: true });
    const query = async (sql: string, values: readonly (string | number)[] = []): Promise<Rows> => file.prepare(sql).all(...values) as Rows;
    return new Ledger(query, async () => void file.close());
  }

  /** How many jobs have not ended. */
  async unfinished(): Promise<number> {
    const [row] = await this.query("SELECT COUNT(*) AS open FROM jobs WHERE status IN ('waiting', 'running')");
    return Number(row?.['open']);
  }

  /** The counters of a MariaDB, by name. */
  async status(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.query('SHOW GLOBAL STATUS');
    return new Map(rows.map((row) => [String(row['Variable_name']), Number(row['Value'])]));
  }

  /** What a MariaDB spent on the statements of an account, in milliseconds: from each one's coming in to its answer, and of CPU. 0 where it does not count. */
  async timeOf(account: string): Promise<{ readonly busyMs: number; readonly cpuMs: number }> {
    const [row] = await this.query('SELECT busy_time AS busy, cpu_time AS cpu FROM information_schema.user_statistics WHERE user = ?', [
      account,
    ]);
    return { busyMs: Number(row?.['busy'] ?? 0) * 1000, cpuMs: Number(row?.['cpu'] ?? 0) * 1000 };
  }

  /** Waits until every job has ended. @throws Error when some have failed for good, or it takes more than five minutes */
  async drained(): Promise<void> {
    const some = "SELECT 1 FROM jobs WHERE status IN ('waiting', 'running') LIMIT 1";
    for (const until = Date.now() + patienceMs; (await this.query(some)).length > 0; await delay(25)) {
      if (Date.now() > until) throw new Error(`${await this.unfinished()} jobs have not ended after five minutes`);
    }
    const [row] = await this.query("SELECT COUNT(*) AS dead, MIN(code) AS code FROM jobs WHERE status = 'dead'");
    if (Number(row?.['dead']) > 0) throw new Error(`${row?.['dead']} jobs were given up (${row?.['code']})`);
  }

  /** Milliseconds from a login's commit to the account, of jobs that were added since and are done. @param since milliseconds since 1970 */
  async waits(identityProvider: string, since: number): Promise<number[]> {
    const rows = await this.query(
      "SELECT ended_at - created_at AS wait FROM jobs WHERE status = 'done' AND identity_provider = ? AND created_at >= ?",
      [identityProvider, since],
    );
    return rows.map(({ wait }) => Number(wait));
  }

  /** Milliseconds that attempts have taken which ended well, at jobs that were added since. @param since milliseconds since 1970 */
  async attempts(identityProvider: string, since: number): Promise<number[]> {
    const rows = await this.query(
      `SELECT job_attempts.ended_at - job_attempts.started_at AS took FROM job_attempts JOIN jobs ON jobs.id = job_attempts.job_id
       WHERE outcome = 'done' AND identity_provider = ? AND created_at >= ?`,
      [identityProvider, since],
    );
    return rows.map(({ took }) => Number(took));
  }
}
