import { setTimeout as delay } from 'node:timers/promises';
import { createConnection, type Connection } from 'mysql2/promise';
import { until } from '../e2e/site.js';

/** A row, as a condition says which. */
export interface LockedRow {
  readonly table: string;
  readonly column: string;
  readonly value: string;
}

/** Milliseconds: who asks InnoDB for its transactions more often than ten times a second is told the same again and again. */
const staleMs = 150;

const select = ({ table, column }: LockedRow): string => `SELECT 1 FROM ${table} WHERE ${column} = ? FOR UPDATE`;

/**
 * Somebody else's transaction on MariaDB, which locks two rows in the order opposite to that of a transaction under test, and has written so much that
 * the server undoes the other one.
 */
export class Opponent {
  private constructor(
    private readonly connection: Connection,
    private readonly monitor: Connection,
  ) {}

  static async connect(url: string): Promise<Opponent> {
    const opponent = new Opponent(await createConnection(url), await createConnection(url));
    await opponent.monitor.query('CREATE TABLE IF NOT EXISTS written_by_opponents (id INT AUTO_INCREMENT PRIMARY KEY, word VARCHAR(8))');
    return opponent;
  }

  async begin(): Promise<void> {
    await this.connection.query('START TRANSACTION');
    const words = Array.from({ length: 2_000 }, () => ['heavy']);
    await this.connection.query('INSERT INTO written_by_opponents (word) VALUES ?', [words]);
  }

  async lock(row: LockedRow): Promise<void> {
    await this.connection.query(select(row), [row.value]);
  }

  /** Returns when as many others wait for a lock in this database. */
  async othersWait(count = 1): Promise<void> {
    const sql = `SELECT COUNT(*) AS waiting FROM information_schema.innodb_trx JOIN information_schema.processlist
      ON processlist.id = trx_mysql_thread_id WHERE trx_state = 'LOCK WAIT' AND db = DATABASE()`;
    await until('others wait for a lock', async () => {
      await delay(staleMs);
      const [rows] = await this.monitor.query(sql);
      return Array.isArray(rows) && rows.some((row) => 'waiting' in row && Number(row.waiting) >= count);
    });
  }

  async letGo(): Promise<void> {
    await this.connection.query('ROLLBACK');
  }

  async close(): Promise<void> {
    await Promise.all([this.connection.end(), this.monitor.end()]);
  }
}
