import { Inject, Injectable, Optional, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Entity, PrimaryColumn } from 'typeorm';
import { NumberColumn } from './columns.js';
import { Database, type Transaction } from './database.js';
import { LOGGER, type Logger } from '../observability/logger.js';

const pollMs = 500;

/** The one row (id 1) that counts changes of settings, by whatever process. */
@Entity('settings_revision')
export class SettingsRevisionRow {
  @PrimaryColumn({ type: 'int' }) id!: number;
  @NumberColumn() revision!: number;
}

/** Called after settings changed; what it throws is logged, and it is called again until it succeeds. */
export type RevisionListener = () => Promise<void> | void;

/** Carries word of a change to all processes at once. What gets lost on the way, and what a command changes that has no way, is found by polling. */
export interface RevisionAnnouncements {
  /** Never rejects. */
  announce(): Promise<void>;
  /** Calls `listener` for every announcement, and when some may have been missed. */
  onAnnounced(listener: () => void): void;
}

/** Nest token of the {@link RevisionAnnouncements}, which a cluster has. */
export const REVISION_ANNOUNCEMENTS = Symbol('RevisionAnnouncements');

/**
 * Tells every process that settings changed: user stores, identity providers, applications. A writer counts the revision up in the transaction
 * of its change; all processes poll it, the writing one is told at once, and so are the others where changes are announced.
 */
@Injectable()
export class SettingsRevision implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly listeners = new Set<RevisionListener>();
  private known: number | undefined;
  private queue: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private polling = false;
  private failing = false;

  constructor(
    private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn'>,
    @Optional() @Inject(REVISION_ANNOUNCEMENTS) private readonly announcements?: RevisionAnnouncements,
  ) {}

  /** Runs `change` with the revision locked and counted up, commits, and returns when this process has taken the change over. */
  async change<T>(change: (tx: Transaction) => Promise<T>): Promise<T> {
    const result = await this.database.transaction(async (tx) => {
      // Counting first also makes writers wait for each other, so that what a writer checks stays true until it commits.
      await this.bump(tx);
      return change(tx);
    });
    await this.refresh();
    return result;
  }

  /** Counts up within the transaction of a change. Call {@link refresh} after the commit, or other parts of this process learn of it by polling. */
  async bump(tx: Transaction): Promise<void> {
    await tx.query('UPDATE settings_revision SET revision = revision + 1 WHERE id = 1');
  }

  /** Makes other writers wait until this transaction ends, without counting up. On SQLite every transaction does. */
  async lock(tx: Transaction): Promise<void> {
    if (this.database.dialect === 'mysql') await tx.query('SELECT revision FROM settings_revision WHERE id = 1 FOR UPDATE');
  }

  /** Returns a function that unsubscribes. */
  onChange(listener: RevisionListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** After the commit of a change: tells the other processes, and resolves when the listeners in this one have been told. */
  async refresh(): Promise<void> {
    await Promise.all([this.announcements?.announce(), this.look()]);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.start();
  }

  /** Before the database is closed. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  /** Begins to listen and to poll. The timer does not keep the process alive. */
  async start(): Promise<void> {
    this.announcements?.onAnnounced(() => void this.look());
    await this.look();
    this.timer ??= setInterval(() => void this.poll(), pollMs).unref();
  }

  /** Stops polling and waits for what is under way. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.timer = undefined;
    await this.queue;
  }

  private async poll(): Promise<void> {
    if (this.polling) return;
    this.polling = true;
    await this.look();
    this.polling = false;
  }

  private look(): Promise<void> {
    this.queue = this.queue.then(() => this.check());
    return this.queue;
  }

  /** Never rejects. A revision counts as known only when every listener has followed. */
  private async check(): Promise<void> {
    try {
      const rows: { revision: number }[] = await this.database.read.query('SELECT revision FROM settings_revision WHERE id = 1');
      const revision = rows[0]?.revision;
      if (revision === this.known) {
        this.failing = false;
        return;
      }
      for (const listener of this.listeners) await listener();
      this.known = revision;
      this.failing = false;
    } catch (error) {
      // Said once, not twice a second for as long as the database is away.
      if (!this.failing) this.logger.warn({ err: error }, 'Changed settings could not be read; trying again');
      this.failing = true;
    }
  }
}
