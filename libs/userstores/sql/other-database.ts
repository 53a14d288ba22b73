import type { EntityManager } from 'typeorm';
import { AccountsMigration, Database, FoyerError, type Clock, type Transaction } from '@foyer/platform';
import { CircuitBreaker, type CircuitState } from '../availability/circuit-breaker.js';
import { DeadlineExceeded, withDeadline } from '../availability/deadline.js';
import { storeUnavailable } from '../errors.js';
import { AccountMembershipRow, AccountRow } from './account-row.js';
import type { AccountSource } from './account-source.js';

export interface OtherDatabaseOptions {
  readonly domain: string;
  /** With its password. */
  readonly url: string;
  /** Within which every call ends. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

const schema = { entities: [AccountRow, AccountMembershipRow], migrations: [AccountsMigration] };

/** The opening may take as many times as long as a call: it asks more than once, and may have tables to make. */
const openingCalls = 10;

/**
 * A database that is not Foyer's own: opened at the first use and migrated then, so that Foyer starts while it is down. Every call has a
 * deadline, and after some failures in a row none is made for a while. The opening goes on when its call is over: a slow database, too, is open at some
 * time.
 */
export class OtherDatabase implements AccountSource {
  readonly transactional = false;
  private readonly breaker: CircuitBreaker;
  private opening: Promise<Database> | undefined;
  private isOpen = false;
  private closed = false;

  constructor(private readonly options: OtherDatabaseOptions) {
    this.breaker = new CircuitBreaker(options.clock);
  }

  get circuit(): CircuitState {
    return this.breaker.state;
  }

  read<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    return this.guarded((database) => work(database.read));
  }

  readSettled<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    return this.guarded((database) => (database.dialect === 'sqlite' ? database.transaction(work) : work(database.read)));
  }

  write<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.guarded((database) => database.transaction(work));
  }

  ping(): Promise<void> {
    return this.guarded((database) => database.ping());
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.forget();
  }

  private async guarded<T>(work: (database: Database) => Promise<T>): Promise<T> {
    const { domain, timeoutMs } = this.options;
    const refuse = (retryAfter: number): Error => storeUnavailable(domain, 'its circuit breaker is open', retryAfter);
    try {
      return await this.breaker.run(() => withDeadline(this.open().then(work), timeoutMs), refuse);
    } catch (error) {
      if (error instanceof FoyerError) throw error;
      // A connection that does not answer may never do so again: the next call opens another.
      if (error instanceof DeadlineExceeded && this.isOpen) void this.forget().catch(() => undefined);
      throw storeUnavailable(domain, error);
    }
  }

  private open(): Promise<Database> {
    if (this.closed) return Promise.reject(new Error('The store is closed'));
    this.opening ??= this.openAnew();
    return this.opening;
  }

  private async openAnew(): Promise<Database> {
    const connecting = this.connect();
    try {
      const database = await withDeadline(connecting, openingCalls * this.options.timeoutMs);
      this.isOpen = true;
      return database;
    } catch (error) {
      this.opening = undefined;
      // It comes too late, if at all.
      void connecting.then((database) => database.close()).catch(() => undefined);
      throw error;
    }
  }

  private async connect(): Promise<Database> {
    const database = await Database.connect(this.options.url, schema);
    try {
      await database.migrate();
      return database;
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  private async forget(): Promise<void> {
    const { opening, isOpen } = this;
    this.opening = undefined;
    this.isOpen = false;
    const closed = opening?.then(
      (database) => database.close(),
      () => undefined,
    );
    // Nobody knows when one that is not open yet will be.
    if (isOpen) await closed;
  }
}
