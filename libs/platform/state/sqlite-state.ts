import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import type { Clock } from '../clock.js';
import { systemClock } from '../clock.js';
import { errorCode } from '../errors/error-code.js';
import { FoyerError } from '../errors/foyer-error.js';
import { GroupCommit } from './group-commit.js';
import type { ShortLivedState, StateEntry, StateWrite } from './short-lived-state.js';

type Named = StateEntry & { id: string };

interface Row {
  id: string;
  value: string;
  version: number;
  expires_at: number;
}

const schema = `
  CREATE TABLE IF NOT EXISTS entries (
    kind TEXT NOT NULL, id TEXT NOT NULL, alias TEXT, value TEXT NOT NULL, version INTEGER NOT NULL, expires_at INTEGER NOT NULL,
    group1 TEXT, group2 TEXT, group3 TEXT, group4 TEXT
  );
  CREATE UNIQUE INDEX IF NOT EXISTS entries_id ON entries (kind, id);
  CREATE UNIQUE INDEX IF NOT EXISTS entries_alias ON entries (kind, alias) WHERE alias IS NOT NULL;
  CREATE INDEX IF NOT EXISTS entries_expiry ON entries (expires_at);
  CREATE INDEX IF NOT EXISTS entries_group1 ON entries (group1) WHERE group1 IS NOT NULL;
  CREATE INDEX IF NOT EXISTS entries_group2 ON entries (group2) WHERE group2 IS NOT NULL;
  CREATE INDEX IF NOT EXISTS entries_group3 ON entries (group3) WHERE group3 IS NOT NULL;
  CREATE INDEX IF NOT EXISTS entries_group4 ON entries (group4) WHERE group4 IS NOT NULL;
  CREATE TABLE IF NOT EXISTS counters (
    kind TEXT NOT NULL, id TEXT NOT NULL, count INTEGER NOT NULL, expires_at INTEGER NOT NULL, PRIMARY KEY (kind, id)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS counters_expiry ON counters (expires_at);
`;

const values = `(@kind, @id, @alias, @value, 1, @expiresAt, @group1, @group2, @group3, @group4)`;
const columns = `(kind, id, alias, value, version, expires_at, group1, group2, group3, group4)`;
const overwrite = `alias = excluded.alias, value = excluded.value, version = entries.version + 1, expires_at = excluded.expires_at,
  group1 = excluded.group1, group2 = excluded.group2, group3 = excluded.group3, group4 = excluded.group4`;
const inGroup = ['group1', 'group2', 'group3', 'group4']
  .map((group) => `SELECT kind, id FROM entries WHERE ${group} = @group`)
  .join(' UNION ');

/** The statements, prepared once: every operation is one of them, and so is atomic by itself. */
function prepare(database: Database.Database) {
  const statement = (sql: string) => database.prepare<Record<string, string | number | null>, Row>(sql);
  return {
    get: statement('SELECT id, value, version, expires_at FROM entries WHERE kind = @kind AND id = @id AND expires_at > @now'),
    getByAlias: statement('SELECT id, value, version, expires_at FROM entries WHERE kind = @kind AND alias = @alias AND expires_at > @now'),
    put: statement(`INSERT INTO entries ${columns} VALUES ${values} ON CONFLICT (kind, id) DO UPDATE SET ${overwrite}`),
    create: statement(
      `INSERT INTO entries ${columns} VALUES ${values} ON CONFLICT (kind, id) DO UPDATE SET ${overwrite} WHERE entries.expires_at <= @now`,
    ),
    // Twice, because an expiry that is set anew is an index that is written anew, and most replacements leave it as it is.
    replaceValue: statement(`UPDATE entries SET value = @value, version = version + 1
      WHERE kind = @kind AND id = @id AND version = @version AND expires_at = @expiresAt AND expires_at > @now`),
    replace: statement(`UPDATE entries SET value = @value, version = version + 1, expires_at = @expiresAt
      WHERE kind = @kind AND id = @id AND version = @version AND expires_at > @now`),
    take: statement('DELETE FROM entries WHERE kind = @kind AND id = @id RETURNING id, value, version, expires_at'),
    remove: statement('DELETE FROM entries WHERE kind = @kind AND id = @id'),
    removeGroup: statement(`DELETE FROM entries WHERE (kind, id) IN (${inGroup})`),
    listGroup:
      statement(`SELECT e.id, e.value, e.version, e.expires_at FROM entries e JOIN (${inGroup}) g ON g.kind = e.kind AND g.id = e.id
      WHERE e.kind = @kind AND e.expires_at > @now ORDER BY e.expires_at DESC LIMIT @limit`),
    count: database.prepare<Record<string, string | number>, { count: number; expires_at: number }>(`
      INSERT INTO counters (kind, id, count, expires_at) VALUES (@kind, @id, 1, @now + @window)
      ON CONFLICT (kind, id) DO UPDATE SET count = CASE WHEN expires_at <= @now THEN 1 ELSE count + 1 END,
        expires_at = CASE WHEN expires_at <= @now THEN @now + @window ELSE expires_at END
      RETURNING count, expires_at`),
    counted: database.prepare<Record<string, string | number>, { count: number; expires_at: number }>(
      'SELECT count, expires_at FROM counters WHERE kind = @kind AND id = @id AND expires_at > @now',
    ),
    sweepEntries: database.prepare<Record<string, number>, Row & { kind: string }>(`DELETE FROM entries WHERE (kind, id) IN
      (SELECT kind, id FROM entries WHERE expires_at <= @now ORDER BY expires_at LIMIT @limit) RETURNING kind, id, value, version, expires_at`),
    sweepCounters: database.prepare<Record<string, number>>(
      'DELETE FROM counters WHERE (kind, id) IN (SELECT kind, id FROM counters WHERE expires_at <= @now ORDER BY expires_at LIMIT @limit)',
    ),
    ping: database.prepare('SELECT 1'),
  };
}

/**
 * Short-lived state in a SQLite file of its own (WAL, `synchronous=NORMAL`): for the embedded mode and a single server, which has the file for
 * itself (`locking_mode=EXCLUSIVE`). Writes that come together share a commit. Rows are appended to a rowid table: in a table without, values of this size would spill into further pages.
 */
export class SqliteState implements ShortLivedState {
  private readonly run: ReturnType<typeof prepare>;
  private readonly commits: GroupCommit;

  private constructor(
    private readonly database: Database.Database,
    private readonly clock: Clock,
  ) {
    this.run = prepare(database);
    this.commits = new GroupCommit(database);
  }

  /**
   * @param file the path of the database file; its folder is created
   * @param patienceMs how long to wait for another process to let go of it, such as one that is just stopping
   * @throws FoyerError `state.inUse` when another process has it open
   */
  static open(file: string, clock: Clock = systemClock, patienceMs = 5_000): SqliteState {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const database = new Database(file, { timeout: patienceMs });
    try {
      database.pragma('locking_mode = EXCLUSIVE');
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = NORMAL');
      // KiB, negative.
      database.pragma('cache_size = -6000');
      // 16 MiB: a checkpoint waits for the disk, and logins wait for it.
      database.pragma('wal_autocheckpoint = 4000');
      database.exec(schema);
      return new SqliteState(database, clock);
    } catch (error) {
      database.close();
      throw errorCode(error) === 'SQLITE_BUSY' ? inUse(file, error) : error;
    }
  }

  async get(kind: string, id: string): Promise<StateEntry | undefined> {
    return entry(this.run.get.get({ kind, id, now: this.clock.now() }));
  }

  async getByAlias(kind: string, alias: string): Promise<Named | undefined> {
    return entry(this.run.getByAlias.get({ kind, alias, now: this.clock.now() }));
  }

  async put(kind: string, id: string, write: StateWrite): Promise<void> {
    const bound = parameters(kind, id, write);
    await this.commits.write(() => this.run.put.run(bound));
  }

  async create(kind: string, id: string, write: StateWrite): Promise<boolean> {
    const bound = { ...parameters(kind, id, write), now: this.clock.now() };
    return this.commits.write(() => this.run.create.run(bound).changes === 1);
  }

  async replace(kind: string, id: string, version: number, write: Pick<StateWrite, 'value' | 'expiresAt'>): Promise<boolean> {
    const { value, expiresAt } = write;
    const bound = { kind, id, version, value: JSON.stringify(value), expiresAt, now: this.clock.now() };
    return this.commits.write(() => this.run.replaceValue.run(bound).changes === 1 || this.run.replace.run(bound).changes === 1);
  }

  async take(kind: string, id: string): Promise<StateEntry | undefined> {
    const taken = entry(await this.commits.write(() => this.run.take.get({ kind, id })));
    return taken && taken.expiresAt > this.clock.now() ? taken : undefined;
  }

  async remove(kind: string, id: string): Promise<void> {
    await this.commits.write(() => this.run.remove.run({ kind, id }));
  }

  async removeGroup(group: string): Promise<void> {
    await this.commits.write(() => this.run.removeGroup.run({ group }));
  }

  async listGroup(kind: string, group: string, limit: number): Promise<Named[]> {
    return this.run.listGroup.all({ kind, group, limit, now: this.clock.now() }).map(toEntry);
  }

  async count(kind: string, id: string, windowMs: number): Promise<{ count: number; expiresAt: number }> {
    const bound = { kind, id, window: windowMs, now: this.clock.now() };
    const row = await this.commits.write(() => this.run.count.get(bound));
    if (!row) throw new Error('counting returned no row');
    return { count: row.count, expiresAt: row.expires_at };
  }

  async counted(kind: string, id: string): Promise<{ count: number; expiresAt: number }> {
    const bound = { kind, id, now: this.clock.now() };
    // In the order of the writes: guesses that were counted a moment ago are to be seen.
    const read = () => this.run.counted.get(bound);
    const row = this.commits.isWaiting ? await this.commits.write(read) : read();
    return row ? { count: row.count, expiresAt: row.expires_at } : { count: 0, expiresAt: 0 };
  }

  /** Nothing goes without a sweep here. */
  keepExpired(): void {}

  async sweep(limit: number, kinds: readonly string[]): Promise<{ removed: number; entries: (Named & { kind: string })[] }> {
    const now = this.clock.now();
    const rows = await this.commits.write(() => this.run.sweepEntries.all({ now, limit }));
    const counters = await this.commits.write(() => this.run.sweepCounters.run({ now, limit }).changes);
    const entries = rows.filter(({ kind }) => kinds.includes(kind)).map((row) => ({ ...toEntry(row), kind: row.kind }));
    return { removed: rows.length + counters, entries };
  }

  async ping(): Promise<void> {
    this.run.ping.get();
  }

  async close(): Promise<void> {
    this.commits.flush();
    this.database.close();
  }
}

function parameters(kind: string, id: string, write: StateWrite): Record<string, string | number | null> {
  const [group1 = null, group2 = null, group3 = null, group4 = null, excess] = write.groups ?? [];
  if (excess !== undefined) throw new RangeError('An entry of short-lived state has at most 4 groups');
  return {
    kind,
    id,
    alias: write.alias ?? null,
    value: JSON.stringify(write.value),
    expiresAt: write.expiresAt,
    group1,
    group2,
    group3,
    group4,
  };
}

const toEntry = (row: Row): Named => ({
  id: row.id,
  value: JSON.parse(row.value) as unknown,
  version: row.version,
  expiresAt: row.expires_at,
});
const entry = (row: Row | undefined): Named | undefined => (row ? toEntry(row) : undefined);

const inUse = (file: string, cause: unknown): FoyerError =>
  new FoyerError('unavailable', 'state.inUse', `Another Foyer uses ${file}: give each its own FOYER_DATA_DIR, or stop the other.`, {
    cause,
  });
