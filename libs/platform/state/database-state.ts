import { createHash } from 'node:crypto';
import type { Clock } from '../clock.js';
import { isUniqueViolation, type Database, type Transaction } from '../database/database.js';
import { execute } from '../database/execute.js';
import type { ShortLivedState, StateEntry, StateWrite } from './short-lived-state.js';

type Named = StateEntry & { readonly id: string };

interface Row {
  readonly kind: string;
  readonly id: string;
  readonly value: string;
  readonly version: number;
  readonly expires_at: number | string;
}

interface CounterRow {
  readonly count: number;
  readonly expires_at: number | string;
}

const longestId = 512;
const groupColumns = ['group1', 'group2', 'group3', 'group4'] as const;
const columns = ['kind', 'id', 'alias', 'value', 'version', 'expires_at', ...groupColumns];
const insert = `INSERT INTO state_entries (${columns.join(', ')}) VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?)`;
const overwritten = ['alias', 'value', 'expires_at', ...groupColumns].map((column) => `${column} = VALUES(${column})`).join(', ');
const reborn = ['alias', 'value', 'expires_at', ...groupColumns].map((column) => `${column} = ?`).join(', ');
const found = 'SELECT id, value, version, expires_at FROM state_entries';
const inGroup = groupColumns.map((column) => `SELECT kind, id FROM state_entries WHERE ${column} = ?`).join(' UNION ');

/** The statements. All find their rows by an index. */
const sql = {
  get: `${found} WHERE kind = ? AND id = ? AND expires_at > ?`,
  getByAlias: `${found} WHERE kind = ? AND alias = ? AND expires_at > ?`,
  insert,
  put: `${insert} ON DUPLICATE KEY UPDATE version = version + 1, ${overwritten}`,
  holders: 'SELECT id, expires_at FROM state_entries WHERE kind = ? AND alias = ? AND id <> ? FOR UPDATE',
  createAgain: `UPDATE state_entries SET version = 1, ${reborn} WHERE kind = ? AND id = ? AND expires_at <= ?`,
  replace: `UPDATE state_entries SET value = ?, version = version + 1, expires_at = ? WHERE kind = ? AND id = ? AND version = ? AND expires_at > ?`,
  lock: `${found} WHERE kind = ? AND id = ? FOR UPDATE`,
  remove: 'DELETE FROM state_entries WHERE kind = ? AND id = ?',
  removeGroup: `DELETE e FROM state_entries e JOIN (${inGroup}) g ON g.kind = e.kind AND g.id = e.id`,
  listGroup: `SELECT e.id, e.value, e.version, e.expires_at FROM state_entries e JOIN (${inGroup}) g ON g.kind = e.kind AND g.id = e.id
    WHERE e.kind = ? AND e.expires_at > ? ORDER BY e.expires_at DESC LIMIT ?`,
  // The count is set before the expiry is, so that both look at the old one.
  count: `INSERT INTO state_counters (kind, id, count, expires_at) VALUES (?, ?, 1, ?)
    ON DUPLICATE KEY UPDATE count = IF(expires_at <= ?, 1, count + 1), expires_at = IF(expires_at <= ?, VALUES(expires_at), expires_at)`,
  counter: 'SELECT count, expires_at FROM state_counters WHERE kind = ? AND id = ?',
  expired: `SELECT kind, id, value, version, expires_at FROM state_entries WHERE expires_at <= ? ORDER BY expires_at LIMIT ? FOR UPDATE SKIP LOCKED`,
  sweepEntries: 'DELETE FROM state_entries WHERE expires_at <= ? ORDER BY expires_at LIMIT ?',
  sweepCounters: 'DELETE FROM state_counters WHERE expires_at <= ? ORDER BY expires_at LIMIT ?',
};

/**
 * Short-lived state in MySQL or MariaDB: for what a cluster must not lose with its Redis. Every operation is one statement, or one transaction where
 * a statement cannot say what it met.
 */
export class DatabaseState implements ShortLivedState {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async get(kind: string, id: string): Promise<StateEntry | undefined> {
    return this.one(sql.get, [kind, stored(id), this.clock.now()]);
  }

  async getByAlias(kind: string, alias: string): Promise<Named | undefined> {
    return this.one(sql.getByAlias, [kind, alias, this.clock.now()]);
  }

  async put(kind: string, id: string, write: StateWrite): Promise<void> {
    const values = [kind, stored(id), ...valuesOf(write)];
    if (write.alias === undefined) await this.database.write(sql.put, values);
    else await this.database.transaction((tx) => this.putWithAlias(tx, kind, stored(id), write.alias, values));
  }

  async create(kind: string, id: string, write: StateWrite): Promise<boolean> {
    const key = stored(id);
    const values = valuesOf(write);
    // Whoever expired is in the way until it is swept, which may happen while we look.
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.database.write(sql.insert, [kind, key, ...values]);
        return true;
      } catch (error) {
        if (!isUniqueViolation(error) || attempt === 3) throw error;
      }
      if ((await this.database.write(sql.createAgain, [...values, kind, key, this.clock.now()])) === 1) return true;
      if (await this.get(kind, id)) return false;
    }
  }

  async replace(
    kind: string,
    id: string,
    version: number,
    { value, expiresAt }: Pick<StateWrite, 'value' | 'expiresAt'>,
  ): Promise<boolean> {
    const values = [JSON.stringify(value), expiresAt, kind, stored(id), version, this.clock.now()];
    return (await this.database.write(sql.replace, values)) === 1;
  }

  async take(kind: string, id: string): Promise<StateEntry | undefined> {
    const taken = await this.database.transaction(async (tx) => {
      const [row] = await tx.query<Row[]>(sql.lock, [kind, stored(id)]);
      if (row) await tx.query(sql.remove, [kind, stored(id)]);
      return row;
    });
    const entry = taken && toEntry(taken);
    return entry && entry.expiresAt > this.clock.now() ? entry : undefined;
  }

  async remove(kind: string, id: string): Promise<void> {
    await this.database.write(sql.remove, [kind, stored(id)]);
  }

  async removeGroup(group: string): Promise<void> {
    await this.database.write(sql.removeGroup, [group, group, group, group]);
  }

  async listGroup(kind: string, group: string, limit: number): Promise<Named[]> {
    const values = [group, group, group, group, kind, this.clock.now(), limit];
    return (await this.database.read.query<Row[]>(sql.listGroup, values)).map(toEntry);
  }

  async count(kind: string, id: string, windowMs: number): Promise<{ count: number; expiresAt: number }> {
    const now = this.clock.now();
    return this.database.transaction(async (tx) => {
      await tx.query(sql.count, [kind, stored(id), now + windowMs, now, now]);
      const [row] = await tx.query<CounterRow[]>(sql.counter, [kind, stored(id)]);
      if (!row) throw new Error('counting left no row');
      return { count: row.count, expiresAt: Number(row.expires_at) };
    });
  }

  async counted(kind: string, id: string): Promise<{ count: number; expiresAt: number }> {
    const [row] = await this.database.read.query<CounterRow[]>(sql.counter, [kind, stored(id)]);
    const expiresAt = Number(row?.expires_at ?? 0);
    return row && expiresAt > this.clock.now() ? { count: row.count, expiresAt } : { count: 0, expiresAt: 0 };
  }

  /** Nothing goes without a sweep here. */
  keepExpired(): void {}

  async sweep(limit: number, kinds: readonly string[]): Promise<{ removed: number; entries: (Named & { kind: string })[] }> {
    const now = this.clock.now();
    const expired = kinds.length > 0 ? await this.takeExpired(now, limit) : undefined;
    const entries = expired?.length ?? (await this.database.write(sql.sweepEntries, [now, limit]));
    const counters = await this.database.write(sql.sweepCounters, [now, limit]);
    const wanted = (expired ?? []).filter(({ kind }) => kinds.includes(kind));
    return { removed: entries + counters, entries: wanted.map((row) => ({ ...toEntry(row), kind: row.kind })) };
  }

  ping(): Promise<void> {
    return this.database.ping();
  }

  /** The database is closed by who opened it. */
  async close(): Promise<void> {}

  /** Each to one sweep, of however many. */
  private takeExpired(now: number, limit: number): Promise<Row[]> {
    return this.database.transaction(async (tx) => {
      const rows = await tx.query<Row[]>(sql.expired, [now, limit]);
      if (rows.length === 0) return rows;
      const which = rows.map(() => '(kind = ? AND id = ?)').join(' OR ');
      await execute(
        tx,
        `DELETE FROM state_entries WHERE ${which}`,
        rows.flatMap(({ kind, id }) => [kind, id]),
      );
      return rows;
    });
  }

  private async putWithAlias(tx: Transaction, kind: string, id: string, alias: string | undefined, values: unknown[]): Promise<void> {
    const holders = await tx.query<Pick<Row, 'id' | 'expires_at'>[]>(sql.holders, [kind, alias, id]);
    for (const holder of holders) {
      if (Number(holder.expires_at) > this.clock.now()) throw new Error(`Another ${kind} has this alias`);
      await tx.query(sql.remove, [kind, holder.id]);
    }
    await tx.query(sql.put, values);
  }

  private async one(statement: string, values: readonly unknown[]): Promise<Named | undefined> {
    const [row] = await this.database.read.query<Row[]>(statement, [...values]);
    return row && toEntry(row);
  }
}

/** What an id is stored as: itself, or its hash where it is longer than the column. */
const stored = (id: string): string => (id.length <= longestId ? id : createHash('sha256').update(id).digest('base64url'));

function valuesOf({ alias, value, expiresAt, groups = [] }: StateWrite): unknown[] {
  if (groups.length > groupColumns.length) throw new RangeError('An entry of short-lived state has at most 4 groups');
  return [alias ?? null, JSON.stringify(value), expiresAt, ...groupColumns.map((_, index) => groups[index] ?? null)];
}

const toEntry = ({ id, value, version, expires_at }: Row): Named => ({
  id,
  value: JSON.parse(value) as unknown,
  version,
  expiresAt: Number(expires_at),
});
