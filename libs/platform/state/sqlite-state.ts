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

type Row = [id: string, value: string, version: number, expiresAt: number];
type Count = [count: number, expiresAt: number];
type Text = string | null;
type Entry = [
  kind: string,
  id: string,
  alias: Text,
  value: string,
  expiresAt: number,
  group1: Text,
  group2: Text,
  group3: Text,
  group4: Text,
];
type Replacement = [value: string, expiresAt: number, kind: string, id: string, version: number, now: number];

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

const columns = `(kind, id, alias, value, version, expires_at, group1, group2, group3, group4)`;
const values = `(?, ?, ?, ?, 1, ?, ?, ?, ?, ?)`;
const overwrite = `alias = excluded.alias, value = excluded.value, version = entries.version + 1, expires_at = excluded.expires_at,
  group1 = excluded.group1, group2 = excluded.group2, group3 = excluded.group3, group4 = excluded.group4`;
const found = 'id, value, version, expires_at';
const inGroup = ['group1', 'group2', 'group3', 'group4']
  .map((group) => `SELECT kind, id FROM entries WHERE ${group} = @group`)
  .join(' UNION ');

/**
 * The statements, prepared once: every operation is one of them, and so is atomic by itself. Those of every login bind
 * values by place and read rows as arrays: matching names took a tenth of what they cost.
 */
function prepare(database: Database.Database) {
  const statement = <Parameters extends unknown[]>(sql: string) => database.prepare<Parameters>(sql);
  const query = <Parameters extends unknown[], Result>(sql: string) => database.prepare<Parameters, Result>(sql).raw();
  return {
    get: query<[kind: string, id: string, now: number], Row>(`SELECT ${found} FROM entries WHERE kind = ? AND id = ? AND expires_at > ?`),
    getByAlias: query<[kind: string, alias: string, now: number], Row>(
      `SELECT ${found} FROM entries WHERE kind = ? AND alias = ? AND expires_at > ?`,
    ),
    put: statement<Entry>(`INSERT INTO entries ${columns} VALUES ${values} ON CONFLICT (kind, id) DO UPDATE SET ${overwrite}`),
    create: statement<[...Entry, now: number]>(
      `INSERT INTO entries ${columns} VALUES ${values} ON CONFLICT (kind, id) DO UPDATE SET ${overwrite} WHERE entries.expires_at <= ?`,
    ),
    // Twice, because an expiry that is set anew is an index that is written anew, and most replacements leave it as it is.
    replaceValue: statement<Replacement>(`UPDATE entries SET value = ?, version = version + 1
      WHERE expires_at = ? AND kind = ? AND id = ? AND version = ? AND expires_at > ?`),
    replace: statement<Replacement>(`UPDATE entries SET value = ?, version = version + 1, expires_at = ?
      WHERE kind = ? AND id = ? AND version = ? AND expires_at > ?`),
    take: query<[kind: string, id: string], Row>(`DELETE FROM entries WHERE kind = ? AND id = ? RETURNING ${found}`),
    remove: statement<[kind: string, id: string]>('DELETE FROM entries WHERE kind = ? AND id = ?'),
    removeGroup: statement<[{ group: string }]>(`DELETE FROM entries WHERE (kind, id) IN (${inGroup})`),
    listGroup: query<[{ group: string; kind: string; now: number; limit: number }], Row>(
      `SELECT e.id, e.value, e.version, e.expires_at FROM entries e JOIN (${inGroup}) g ON g.kind = e.kind AND g.id = e.id
      WHERE e.kind = @kind AND e.expires_at > @now ORDER BY e.expires_at DESC LIMIT @limit`,
    ),
    count: query<[{ kind: string; id: string; now: number; window: number }], Count>(`
      INSERT INTO counters (kind, id, count, expires_at) VALUES (@kind, @id, 1, @now + @window)
      ON CONFLICT (kind, id) DO UPDATE SET count = CASE WHEN expires_at <= @now THEN 1 ELSE count + 1 END,
        expires_at = CASE WHEN expires_at <= @now THEN @now + @window ELSE expires_at END
      RETURNING count, expires_at`),
    counted: query<[kind: string, id: string, now: number], Count>(
      'SELECT count, expires_at FROM counters WHERE kind = ? AND id = ? AND expires_at > ?',
    ),
    sweepEntries: query<[now: number, limit: number], [...Row, kind: string]>(`DELETE FROM entries WHERE (kind, id) IN
      (SELECT kind, id FROM entries WHERE expires_at <= ? ORDER BY expires_at LIMIT ?) RETURNING ${found}, kind`),
    sweepCounters: statement<[now: number, limit: number]>(
      'DELETE FROM counters WHERE (kind, id) IN (SELECT kind, id FROM counters WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)',
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
    return entry(this.run.get.get(kind, id, this.clock.now()));
  }

  async getByAlias(kind: string, alias: string): Promise<Named | undefined> {
    return entry(this.run.getByAlias.get(kind, alias, this.clock.now()));
  }

  async put(kind: string, id: string, write: StateWrite): Promise<void> {
    const bound = parameters(kind, id, write);
    await this.commits.write(() => this.run.put.run(...bound));
  }

  async create(kind: string, id: string, write: StateWrite): Promise<boolean> {
    const bound = parameters(kind, id, write);
    const now = this.clock.now();
    return this.commits.write(() => this.run.create.run(...bound, now).changes === 1);
  }

  async replace(kind: string, id: string, version: number, write: Pick<StateWrite, 'value' | 'expiresAt'>): Promise<boolean> {
    const bound: Replacement = [JSON.stringify(write.value), write.expiresAt, kind, id, version, this.clock.now()];
    return this.commits.write(() => this.run.replaceValue.run(...bound).changes === 1 || this.run.replace.run(...bound).changes === 1);
  }

  async take(kind: string, id: string): Promise<StateEntry | undefined> {
    const taken = entry(await this.commits.write(() => this.run.take.get(kind, id)));
    return taken && taken.expiresAt > this.clock.now() ? taken : undefined;
  }

  async remove(kind: string, id: string): Promise<void> {
    await this.commits.write(() => this.run.remove.run(kind, id));
  }

  async removeGroup(group: string): Promise<void> {
    await this.commits.write(() => this.run.removeGroup.run({ group }));
  }

  async listGroup(kind: string, group: string, limit: number): Promise<Named[]> {
    return this.run.listGroup.all({ group, kind, now: this.clock.now(), limit }).map(toEntry);
  }

  async count(kind: string, id: string, windowMs: number): Promise<{ count: number; expiresAt: number }> {
    const bound = { kind, id, window: windowMs, now: this.clock.now() };
    const row = await this.commits.write(() => this.run.count.get(bound));
    if (!row) throw new Error('counting returned no row');
    const [count, expiresAt] = row;
    return { count, expiresAt };
  }

  async counted(kind: string, id: string): Promise<{ count: number; expiresAt: number }> {
    const now = this.clock.now();
    // In the order of the writes: guesses that were counted a moment ago are to be seen.
    const read = () => this.run.counted.get(kind, id, now);
    const [count, expiresAt] = (this.commits.isWaiting ? await this.commits.write(read) : read()) ?? [0, 0];
    return { count, expiresAt };
  }

  /** Nothing goes without a sweep here. */
  keepExpired(): void {}

  async sweep(limit: number, kinds: readonly string[]): Promise<{ removed: number; entries: (Named & { kind: string })[] }> {
    const now = this.clock.now();
    const rows = await this.commits.write(() => this.run.sweepEntries.all(now, limit));
    const counters = await this.commits.write(() => this.run.sweepCounters.run(now, limit).changes);
    const entries = rows.flatMap(([id, value, version, expiresAt, kind]) =>
      kinds.includes(kind) ? { ...toEntry([id, value, version, expiresAt]), kind } : [],
    );
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

function parameters(kind: string, id: string, { value, expiresAt, groups = [], alias }: StateWrite): Entry {
  const [group1 = null, group2 = null, group3 = null, group4 = null, excess] = groups;
  if (excess !== undefined) throw new RangeError('An entry of short-lived state has at most 4 groups');
  return [kind, id, alias ?? null, JSON.stringify(value), expiresAt, group1, group2, group3, group4];
}

const toEntry = ([id, value, version, expiresAt]: Row): Named => ({ id, value: JSON.parse(value) as unknown, version, expiresAt });
const entry = (row: Row | undefined): Named | undefined => row && toEntry(row);

const inUse = (file: string, cause: unknown): FoyerError =>
  new FoyerError('unavailable', 'state.inUse', `Another Foyer uses ${file}: give each its own FOYER_DATA_DIR, or stop the other.`, {
    cause,
  });
