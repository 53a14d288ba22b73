import type { EntityManager } from 'typeorm';
import type { Database, Transaction } from '@foyer/platform';
import type { CircuitState } from '../availability/circuit-breaker.js';

/** Where the tables of an `sql` store are reached. */
export interface AccountSource {
  /** Whether `tx`, Foyer's own transaction, is what reads and writes take part in. */
  readonly transactional: boolean;
  /** Whether calls go through at the moment; undefined for Foyer's own database. */
  readonly circuit?: CircuitState | undefined;
  read<T>(work: (em: EntityManager) => Promise<T>, tx?: Transaction): Promise<T>;
  /** As `read`, behind the writes that others have begun and may have left alone: on SQLite by itself, on MySQL as far as `work` reads with a lock. */
  readSettled<T>(work: (em: EntityManager) => Promise<T>): Promise<T>;
  write<T>(work: (tx: Transaction) => Promise<T>, tx?: Transaction): Promise<T>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Foyer's own database. */
export class OwnDatabase implements AccountSource {
  readonly transactional = true;

  constructor(private readonly database: Database) {}

  read<T>(work: (em: EntityManager) => Promise<T>, tx?: Transaction): Promise<T> {
    return work(tx ?? this.database.read);
  }

  /** Whoever writes here decides in the same transaction whether what was read is still so. */
  readSettled<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    return work(this.database.read);
  }

  write<T>(work: (tx: Transaction) => Promise<T>, tx?: Transaction): Promise<T> {
    return tx ? work(tx) : this.database.transaction(work);
  }

  ping(): Promise<void> {
    return this.database.ping();
  }

  /** The database is the process's: it closes it. */
  async close(): Promise<void> {}
}
