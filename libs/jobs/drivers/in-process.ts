import { Database, type Logger } from '@foyer/platform';
import { JobHandlers } from '../running/job-handlers.js';
import { JobRunner } from '../running/job-runner.js';
import type { ClaimedJob } from '../store/claimed-job.js';
import { nextDueIn } from '../store/due-jobs.js';
import { JobStore } from '../store/job-store.js';
import type { JobDriver } from './driver.js';
import { Idling } from './idling.js';

/** As many jobs are claimed in one transaction. */
const claimedAtOnce = 100;

/**
 * Does the jobs of the database in this process, without Redis. Woken by what this process adds, ends or must try again, it asks the database for
 * other processes' jobs less and less often.
 */
export class InProcessDriver implements JobDriver {
  private readonly idling: Idling;
  private readonly runs = new Set<Promise<void>>();
  private loop: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    private readonly store: JobStore,
    private readonly runner: JobRunner,
    private readonly handlers: JobHandlers,
    /** Milliseconds that a job may still take when the process is to end. */
    private readonly patienceMs: number,
    private readonly logger: Logger,
  ) {
    this.idling = new Idling(runner.stopped);
  }

  async start(): Promise<void> {
    this.loop ??= this.work();
  }

  async stop(): Promise<void> {
    await this.runner.stop(this.patienceMs);
    await this.loop;
    // One may have been claimed meanwhile.
    await Promise.all(this.runs);
  }

  announce(ids: readonly string[], inMs = 0): void {
    if (ids.length > 0) this.idling.wakeIn(inMs);
  }

  private async work(): Promise<void> {
    while (!this.runner.stopped.aborted) {
      try {
        await this.idling.rest(await this.round());
      } catch (error) {
        this.logger.warn({ err: error }, 'Jobs could not be looked for; trying again');
        await this.idling.rest();
      }
    }
  }

  /** @returns milliseconds until there is more to do; undefined when nobody knows of anything */
  private async round(): Promise<number | undefined> {
    const free = Math.min(this.runner.room, claimedAtOnce);
    // Whoever ends wakes us.
    if (free <= 0) return undefined;
    const claimed = await this.store.claim(this.runner.worker, { kinds: this.handlers.kinds, limit: free });
    for (const job of claimed) this.run(job);
    if (claimed.length === free) return this.runner.room > 0 ? 0 : undefined;
    const nextIn = await nextDueIn(this.database.read);
    // What is due and was not claimed is for somebody else.
    return nextIn === undefined || nextIn <= 0 ? undefined : nextIn;
  }

  private run(job: ClaimedJob): void {
    const run = this.runner.run(job).then(() => {
      this.runs.delete(run);
      this.idling.wakeIn(0);
    });
    this.runs.add(run);
  }
}
