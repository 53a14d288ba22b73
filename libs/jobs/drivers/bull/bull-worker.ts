import { setTimeout as pause } from 'node:timers/promises';
import type { Job, Queue } from 'bull';
import type { Logger } from '@foyer/platform';
import { Batches } from '../../running/batches.js';
import { JobHandlers } from '../../running/job-handlers.js';
import { JobRunner } from '../../running/job-runner.js';
import type { ClaimedJob } from '../../store/claimed-job.js';
import type { NextJob } from '../../store/job-endings.js';
import { JobStore } from '../../store/job-store.js';
import { lockMs } from './queue-connections.js';
import { jobIdIn, type Token } from './token.js';

/** As many jobs are claimed in one transaction. */
const claimedAtOnce = 100;
/** Milliseconds between two tries to claim a job while the database is away. */
const betweenTriesMs = 1_000;

/** Does the jobs that Bull brings: claims them in the database, and leaves alone what is nobody's or somebody else's. */
export class BullWorker {
  private readonly claims: Batches<string, ClaimedJob | undefined>;
  /** What was brought while this worker was told to end. */
  private readonly left: string[] = [];

  /** @param next is told of the jobs that come after one */
  constructor(
    private readonly store: JobStore,
    private readonly runner: JobRunner,
    private readonly handlers: JobHandlers,
    private readonly queue: Queue<Token>,
    private readonly next: (jobs: readonly NextJob[]) => void,
    private readonly logger: Logger,
  ) {
    this.claims = new Batches((ids) => this.claimTogether(ids), claimedAtOnce);
  }

  /** Begins to take jobs, so many at the same time. */
  start(concurrency: number): void {
    // Whatever its name is: a job that nobody answers for would stay.
    this.queue
      .process('*', concurrency, (job) => this.process(job))
      .catch((error: unknown) => {
        if (!this.runner.stopped.aborted) this.logger.error({ err: error }, 'Jobs cannot be taken from Redis');
      });
  }

  /** Takes nothing more from Redis. What runs goes on. */
  async pause(): Promise<void> {
    await this.queue.pause(true, true);
  }

  /** After `runner.stop`: takes what this worker was brought and has not begun off the queue. @returns the ids */
  async stop(): Promise<readonly string[]> {
    await this.queue.whenCurrentJobsFinished();
    const active = await this.queue.getActive();
    await Promise.all(active.map((token) => this.takeOff(token)));
    return this.left;
  }

  /** Bull may have fetched one with the end of another, and not have handed it to us before it was paused. */
  private async takeOff(token: Job<unknown>): Promise<void> {
    // Those of other workers are not ours to touch.
    if (Number(await token.extendLock(lockMs)) !== 1) return;
    await token.moveToFailed({ message: 'The worker stops' });
    const id = jobIdIn(token.data);
    if (id !== undefined) this.left.push(id);
  }

  private async process(token: Job<unknown>): Promise<void> {
    const id = jobIdIn(token.data);
    if (id === undefined) {
      this.logger.warn({ bullJobId: token.id, bullJobName: token.name }, 'dropped something from the queue of jobs that is none');
      return;
    }
    const claimed = await this.claim(id);
    if (claimed) this.next(await this.runner.run(claimed));
    else if (this.runner.stopped.aborted) this.left.push(id);
  }

  /** While the database is away nothing else is taken from Redis, either. */
  private async claim(id: string): Promise<ClaimedJob | undefined> {
    while (!this.runner.stopped.aborted) {
      try {
        return await this.claims.add(id);
      } catch (error) {
        this.logger.warn({ err: error, jobId: id }, 'a job could not be claimed; trying again');
        await pause(betweenTriesMs, undefined, { signal: this.runner.stopped }).catch(() => undefined);
      }
    }
    return undefined;
  }

  private async claimTogether(ids: readonly string[]): Promise<(ClaimedJob | undefined)[]> {
    const claimed = await this.store.claimThese(this.runner.worker, [...new Set(ids)], this.handlers.kinds);
    const byId = new Map(claimed.map((job) => [job.id, job]));
    return ids.map((id) => {
      const job = byId.get(id);
      // Somebody may have asked twice.
      byId.delete(id);
      return job;
    });
  }
}
