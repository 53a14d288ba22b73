import type Database from 'better-sqlite3';

interface Waiting {
  readonly work: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets writes that are asked for in the same turn of the event loop share a commit, which is most of what a small write costs. Each still is one
 * statement, atomic by itself, done in the order in which it was asked for, and reported when it is committed.
 */
export class GroupCommit {
  private waiting: Waiting[] = [];
  private readonly begin: Database.Statement;
  private readonly commit: Database.Statement;
  private readonly rollback: Database.Statement;

  constructor(database: Database.Database) {
    this.begin = database.prepare('BEGIN');
    this.commit = database.prepare('COMMIT');
    this.rollback = database.prepare('ROLLBACK');
  }

  /** Runs `work`, which executes one statement, and resolves with what it returns once that is committed. */
  write<T>(work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.waiting.length === 0) setImmediate(() => this.flush());
      this.waiting.push({ work, resolve, reject });
    });
  }

  /** Whether a write has been asked for that is not done yet. */
  get isWaiting(): boolean {
    return this.waiting.length > 0;
  }

  /** Writes what waits, now. */
  flush(): void {
    const batch = this.waiting;
    this.waiting = [];
    if (batch.length > 1) this.together(batch);
    else for (const one of batch) attempt(one)();
  }

  private together(batch: readonly Waiting[]): void {
    try {
      this.begin.run();
      const reports = batch.map(attempt);
      this.commit.run();
      for (const report of reports) report();
    } catch (error) {
      // Nothing of it is there: a full disk, for one.
      if (this.isOpen()) this.rollback.run();
      for (const { reject } of batch) reject(error);
    }
  }

  private isOpen(): boolean {
    return this.begin.database.inTransaction;
  }
}

/** Runs one write. Returns what tells its asker about it, to be called when it is committed. */
function attempt({ work, resolve, reject }: Waiting): () => void {
  try {
    const value = work();
    return () => resolve(value as never);
  } catch (error) {
    return () => reject(error);
  }
}
