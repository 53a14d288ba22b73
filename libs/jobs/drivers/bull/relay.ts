import { Database, databaseTime, places, type Logger } from '@foyer/platform';
import { nextDueIn } from '../../store/due-jobs.js';
import { JobStore } from '../../store/job-store.js';
import { Lease } from '../../upkeep/lease.js';
import { Idling } from '../idling.js';
import { batchSize, fullMs, type HandOver } from './hand-over.js';

const leaseMs = 15_000;
/** Milliseconds between two looks while others relay, or nothing waits but in Redis. */
const watchMs = 5_000;

/**
 * Hands jobs to Redis that nobody else has handed over: whose server died after the commit, whose time has come, that Redis lost, or that it had no
 * room for. One process at a time does it, most urgent jobs first.
 */
export class Relay {
  private readonly idling: Idling;
  private readonly lease: Lease;
  private loop: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    private readonly store: JobStore,
    private readonly handOver: HandOver,
    holder: string,
    private readonly stopped: AbortSignal,
    private readonly logger: Logger,
  ) {
    this.idling = new Idling(stopped);
    this.lease = new Lease(database, 'relay', holder, leaseMs);
  }

  start(): void {
    this.loop ??= this.work();
  }

  /** After `stopped` has fired. */
  async end(): Promise<void> {
    await this.loop;
  }

  /** There may be something to hand over. */
  wake(): void {
    this.idling.wakeIn(0);
  }

  private async work(): Promise<void> {
    while (!this.stopped.aborted) {
      try {
        await this.idling.rest(await this.round());
      } catch (error) {
        this.logger.warn({ err: error }, 'Jobs could not be relayed to Redis; trying again');
        await this.idling.rest();
      }
    }
    await this.lease.release().catch(() => undefined);
  }

  /** @returns milliseconds until there may be more to do; undefined when nobody knows of anything */
  private async round(): Promise<number | undefined> {
    if (!(await this.lease.hold())) return watchMs;
    if (await this.handOver.wasEmptied()) await this.takeBackAll();
    if (!(await this.handOver.hasRoom())) return fullMs;
    const due = await this.store.due(batchSize);
    await this.handOver.handOver(due);
    if (due.length > 0) return 0;
    return this.nextLook();
  }

  private async nextLook(): Promise<number | undefined> {
    const [nextIn, handed] = await Promise.all([
      nextDueIn(this.database.read),
      this.database.read.query<unknown[]>("SELECT 1 FROM jobs WHERE stage = 'handed' LIMIT 1"),
    ]);
    const watch = handed.length > 0 ? watchMs : undefined;
    return nextIn === undefined ? watch : Math.min(Math.max(nextIn, 0), watch ?? nextIn);
  }

  /** Redis has forgotten everything, so that everything that waits is handed over again. */
  private async takeBackAll(): Promise<void> {
    let count = 0;
    for (;;) {
      const rows = await this.database.read.query<{ id: string }[]>("SELECT id FROM jobs WHERE stage = 'handed' LIMIT ?", [batchSize]);
      const ids = rows.map(({ id }) => id);
      if (ids.length === 0) break;
      await this.database.transaction((tx) =>
        tx.query(
          `UPDATE jobs SET stage = 'ready', due_at = ${databaseTime(tx)} WHERE id IN (${places(ids)}) AND COALESCE(stage, '') = 'handed'`,
          ids,
        ),
      );
      count += ids.length;
    }
    if (count > 0) this.logger.warn({ count }, 'Redis was emptied: the jobs that waited in it are handed over again');
  }
}
