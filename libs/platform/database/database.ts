import { DataSource, MigrationExecutor, type EntityManager, type QueryRunner } from 'typeorm';
import { errorCode } from '../errors/error-code.js';
import { ConnectionGuard, connectionLimits, type ConnectionLimits } from './connections.js';
import { dataSourceOptions, dialectOf, makeFolder, type Dialect, type Schema } from './options.js';
import { migrating, patienceMs, untilFree } from './until-free.js';

/** A transaction that is open: every write goes through one. */
export type Transaction = EntityManager;

const afterwards = new WeakMap<Transaction, (() => void)[]>();

/** Has something done once the transaction has committed, and not at all when it does not. @param work never throws */
export function afterCommit(tx: Transaction, work: () => void): void {
  const before = afterwards.get(tx);
  if (before) before.push(work);
  else afterwards.set(tx, [work]);
}

/**
 * A database and the only way to open a transaction on it.
 *
 * On SQLite all callers share one connection, where two overlapping transactions would become one: so transactions run one at a time, and
 * reads use a second, read-only connection, which no transaction can catch a statement of. On MySQL both use the same pool.
 */
export class Database {
  private tail: Promise<unknown> = Promise.resolve();
  private readonly guard: ConnectionGuard | undefined;

  constructor(
    readonly dialect: Dialect,
    private readonly writer: DataSource,
    private readonly reader: DataSource,
    limits: ConnectionLimits = connectionLimits,
  ) {
    if (dialect === 'mysql') this.guard = new ConnectionGuard(writer, limits);
  }

  /** Opens a database of its own, such as a user store's. The caller closes it. */
  static async connect(url: string, schema: Schema, limits?: ConnectionLimits): Promise<Database> {
    makeFolder(url);
    const writer = await new DataSource(dataSourceOptions(url, schema)).initialize();
    if (dialectOf(url) === 'mysql') return new Database('mysql', writer, writer, limits);
    try {
      const reader = await new DataSource(dataSourceOptions(url, schema, 'reader')).initialize();
      return new Database('sqlite', writer, reader);
    } catch (error) {
      await writer.destroy();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.tail;
    if (this.reader !== this.writer) await this.reader.destroy();
    await this.writer.destroy();
  }

  /** For reading only. Sees what is committed. */
  get read(): EntityManager {
    return this.reader.manager;
  }

  /**
   * Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. `work` makes database calls through `tx` and
   * nothing else: on SQLite everybody else waits for it. On MySQL a deadlock or a lock timeout runs `work` again (at most three times), so it
   * must not leave traces outside the transaction.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    if (this.dialect === 'mysql') return this.retryOnDeadlock(() => this.run(work, 'START TRANSACTION'));
    const result = this.tail.then(() => this.run(work, 'BEGIN IMMEDIATE'));
    this.tail = result.catch(() => undefined);
    return result;
  }

  /**
   * Runs one `INSERT`, `UPDATE` or `DELETE`, which is atomic by itself: on MySQL without the two round trips that a transaction takes besides.
   * @returns how many rows it met: those that match, changed or not
   */
  write(sql: string, parameters: readonly unknown[]): Promise<number> {
    if (this.dialect === 'sqlite') return this.transaction((tx) => affected(tx.queryRunner, sql, parameters));
    return this.retryOnDeadlock(async () => {
      const runner = this.writer.createQueryRunner();
      try {
        return await affected(runner, sql, parameters);
      } finally {
        await runner.release();
      }
    });
  }

  /**
   * Brings the schema up to date, also where somebody died who was doing that. Processes that start together do so one after the other.
   * @returns the names of the migrations that this one ran
   * @throws FoyerError `database.migrating` when another process has not finished for a minute
   */
  async migrate(): Promise<string[]> {
    // Waits for nobody who has something to do when there is nothing, and takes no lock that a connection which broke may hold yet.
    if (this.dialect === 'mysql' && (await new MigrationExecutor(this.writer).getPendingMigrations()).length === 0) return [];
    const ran = await this.whileSchemaIsOurs((transaction) => this.writer.runMigrations({ transaction }));
    return ran.map((migration) => migration.name);
  }

  /** Undoes the latest migration. */
  async undoLastMigration(): Promise<void> {
    await this.whileSchemaIsOurs((transaction) => this.writer.undoLastMigration({ transaction }));
  }

  /** What TypeORM would have to change for the schema to equal the entities: empty when they agree. */
  async schemaDifferences(): Promise<string[]> {
    const source = await this.describing();
    try {
      const log = await source.driver.createSchemaBuilder().log();
      return log.upQueries.map((query) => query.query);
    } finally {
      if (source !== this.writer) await source.destroy();
    }
  }

  /** Asks the database a question that only a working database answers. */
  async ping(): Promise<void> {
    await this.reader.query('SELECT 1');
  }

  /** TypeORM reads MariaDB's description of a table rightly only as the driver type `mariadb`, which is otherwise the same. */
  private async describing(): Promise<DataSource> {
    if (this.dialect === 'sqlite') return this.writer;
    const [row] = await this.writer.query<{ version: string }[]>('SELECT VERSION() AS version');
    if (!/mariadb/i.test(row?.version ?? '')) return this.writer;
    return new DataSource(Object.assign({}, this.writer.options, { type: 'mariadb' as const })).initialize();
  }

  /** The lock goes with its connection: a process that dies leaves none. */
  private whileSchemaIsOurs<T>(work: (transaction: 'each' | 'none') => Promise<T>): Promise<T> {
    if (this.guard) return this.guard.whilePatient(() => this.withNamedLock(() => work('each')));
    // SQLite changes schemas in transactions, so that one around all of them keeps others out, and undoes all of them if one fails.
    return untilFree(() => this.transaction(() => work('none')));
  }

  /** On MySQL a change of a schema commits: so a lock of the server, on a connection that does nothing else. */
  private async withNamedLock<T>(work: () => Promise<T>): Promise<T> {
    const runner = this.writer.createQueryRunner();
    const name = "CONCAT('foyer schema ', MD5(DATABASE()))";
    try {
      const [row] = await runner.manager.query<{ got: unknown }[]>(`SELECT GET_LOCK(${name}, ?) AS got`, [patienceMs / 1000]);
      if (Number(row?.got) !== 1) throw migrating();
      return await work();
    } finally {
      await runner.query(`DO RELEASE_LOCK(${name})`).catch(() => undefined);
      await runner.release();
    }
  }

  private async run<T>(work: (tx: Transaction) => Promise<T>, begin: string): Promise<T> {
    const runner = this.writer.createQueryRunner();
    await runner.query(begin);
    markOpen(runner, true);
    try {
      const result = await work(runner.manager);
      await runner.query('COMMIT');
      for (const work of afterwards.get(runner.manager) ?? []) work();
      return result;
    } catch (error) {
      await runner.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      markOpen(runner, false);
      await runner.release();
    }
  }

  private async retryOnDeadlock<T>(attempt: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (tries === 3 || !isDeadlock(error)) throw error;
      }
    }
  }
}

async function affected(runner: QueryRunner | undefined, sql: string, parameters: readonly unknown[]): Promise<number> {
  const result = await runner?.query(sql, [...parameters], true);
  return result?.affected ?? 0;
}

/** Tells TypeORM's repositories that a transaction is open, so that `save` does not open one inside it. */
function markOpen(runner: QueryRunner, open: boolean): void {
  Object.assign(runner, { isTransactionActive: open, transactionDepth: open ? 1 : 0 });
}

const isDeadlock = (error: unknown): boolean => ['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT'].includes(errorCode(error));

/** Whether a write failed because a unique key has the value already. */
export const isUniqueViolation = (error: unknown): boolean =>
  ['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY', 'ER_DUP_ENTRY'].includes(errorCode(error));
