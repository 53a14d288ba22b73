import { setTimeout as pause } from 'node:timers/promises';
import type { Job, Queue } from 'bull';
import { Seldom, type Logger } from '@foyer/platform';
import { JobHandlers } from '../../running/job-handlers.js';
import { JobRunner } from '../../running/job-runner.js';
import type { ClaimedJob } from '../../store/claimed-job.js';
import type { DueJob } from '../../store/due-jobs.js';
import type { NextJob } from '../../store/job-endings.js';
import { JobStore } from '../../store/job-store.js';
import { lockMs } from './queue-connections.js';
import { jobIdsIn, type Token } from './token.js';

/** As many jobs are claimed in one transaction. */
const claimedAtOnce = 100;
/** Milliseconds between two tries to claim jobs while the database is away. */
const betweenTriesMs = 1_000;
/** Milliseconds between two looks whether what was brought here will be begun soon. */
const lookEveryMs = 250;
/** Milliseconds: what is not begun by then is left to others. */
const soonMs = 1_000;

const complainEveryMs = 60_000;

/** A job that was brought here and is not claimed yet. */
interface Brought {
  readonly id: string;
  /** It has ended here, or is somebody else's. */
  readonly over: () => void;
}

/** Does the jobs that Bull brings: claims them in the database, and leaves alone what is nobody's or somebody else's. */
export class BullWorker {
  private brought: Brought[] = [];
  private claiming: Promise<void> | undefined;
  private readonly complaints = new Seldom(complainEveryMs);
  /** Told when this worker has room for another job. */
  private roomWanted: (() => void)[] = [];
  /** What was brought while this worker was told to end. */
  private readonly left: string[] = [];

  /** @param next is told of the jobs that come after one @param others is told of those that others are to do, which were handed over */
  constructor(
    private readonly store: JobStore,
    private readonly runner: JobRunner,
    private readonly handlers: JobHandlers,
    private readonly queue: Queue<Token>,
    private readonly next: (jobs: readonly NextJob[]) => void,
    private readonly others: (ids: readonly string[]) => void,
    private readonly logger: Logger,
  ) {}

  /** Begins to take jobs, so many tokens at the same time. */
  start(concurrency: number): void {
    this.runner.stopped.addEventListener('abort', () => this.leave(this.brought.map(({ id }) => id)), { once: true });
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
    this.left.push(...(jobIdsIn(token.data) ?? []));
  }

  /** Resolves when all of its jobs have ended here or are others'. Until there is room for another job, Bull brings none in its place. */
  private async process(token: Job<unknown>): Promise<void> {
    const ids = jobIdsIn(token.data);
    if (ids === undefined) {
      this.logger.warn({ bullJobId: token.id, bullJobName: token.name }, 'dropped something from the queue of jobs that is none');
      return;
    }
    const looking = setInterval(() => this.leaveLate(ids), lookEveryMs);
    await Promise.all(ids.map((id) => this.take(id)));
    clearInterval(looking);
    if (this.runner.room <= 0 && !this.runner.stopped.aborted) await new Promise<void>((resolve) => this.roomWanted.push(resolve));
  }

  private take(id: string): Promise<void> {
    return new Promise((over) => {
      this.brought.push({ id, over });
      if (this.runner.stopped.aborted) this.leave([id]);
      else this.look();
    });
  }

  /** Others may have time for what this worker does not come to soon. */
  private leaveLate(ids: readonly string[]): void {
    const late = new Set(this.brought.slice(this.runner.doneWithin(soonMs)).map(({ id }) => id));
    this.leave(ids.filter((id) => late.has(id)));
  }

  /** Lets others do those of the jobs that have not been claimed. */
  private leave(ids: readonly string[]): void {
    if (ids.length === 0) return;
    const those = new Set(ids);
    const leaving = this.brought.filter(({ id }) => those.has(id));
    this.brought = this.brought.filter(({ id }) => !those.has(id));
    const left = leaving.map(({ id }) => id);
    if (this.runner.stopped.aborted) this.left.push(...left);
    else this.others(left);
    for (const { over } of leaving) over();
  }

  private look(): void {
    this.claiming ??= this.claim().finally(() => (this.claiming = undefined));
  }

  private async claim(): Promise<void> {
    // What is brought in the same turn of the event loop belongs together.
    await new Promise(setImmediate);
    while (this.brought.length > 0 && this.runner.room > 0 && !this.runner.stopped.aborted) {
      const some = this.brought.splice(0, Math.min(this.runner.room, claimedAtOnce));
      const claimed = await this.claimThese(some.map(({ id }) => id));
      for (const one of some) void this.run(one, claimed.get(one.id));
    }
  }

  private async run({ over }: Brought, claimed: ClaimedJob | undefined): Promise<void> {
    if (claimed) this.next(await this.runner.run(claimed));
    over();
    if (this.brought.length > 0) this.look();
    if (this.runner.room > 0) this.roomWanted.splice(0).forEach((tell) => tell());
  }

  /** Said once a minute: a rollout brings many. */
  private unknown([first]: readonly DueJob[]): void {
    if (!first || !this.complaints.isTime()) return;
    const { id: jobId, kind, payloadVersion } = first;
    this.logger.warn(
      { jobId, kind, payloadVersion },
      'a job is of a newer version of Foyer than this worker, and is left to one that knows it',
    );
  }

  /** While the database is away nothing else is taken from Redis, either. */
  private async claimThese(ids: readonly string[]): Promise<ReadonlyMap<string, ClaimedJob>> {
    while (!this.runner.stopped.aborted) {
      try {
        const claimed = await this.store.claimThese(this.runner.worker, [...new Set(ids)], this.handlers.kinds, (jobs) =>
          this.unknown(jobs),
        );
        return new Map(claimed.map((job) => [job.id, job]));
      } catch (error) {
        this.logger.warn({ err: error, jobs: ids.length }, 'jobs could not be claimed; trying again');
        await pause(betweenTriesMs, undefined, { signal: this.runner.stopped }).catch(() => undefined);
      }
    }
    this.left.push(...ids);
    return new Map();
  }
}
