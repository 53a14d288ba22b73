import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database, databaseTime, LOGGER, places, Repeating, traceIdOf, type Logger } from '@foyer/platform';
import { JOB_DRIVER, type JobDriver } from '../drivers/driver.js';
import { JOB_EVENTS, type JobEvents } from '../events/job-events.js';
import { JobHandlers } from '../running/job-handlers.js';
import { JobMetrics } from '../running/job-metrics.js';
import { backoff } from '../running/retry-policy.js';
import { claimedColumns, toClaimed, type ClaimedJob, type ClaimedRecord } from '../store/claimed-job.js';
import { JobEndings, type Ended } from '../store/job-endings.js';
import { isJobLost } from '../store/lost.js';

const pace = { everyMs: 10_000, soonMs: 100 };
const atOnce = 200;

/**
 * Finds what others lost: jobs whose worker is not heard of any more, and jobs that were handed to Redis and have not come back. Every process looks;
 * the fence lets only one of them do something about a job.
 */
@Injectable()
export class JobSweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly repeating: Repeating;

  constructor(
    private readonly database: Database,
    private readonly endings: JobEndings,
    private readonly handlers: JobHandlers,
    private readonly metrics: JobMetrics,
    @Inject(JOB_DRIVER) private readonly driver: Pick<JobDriver, 'announce'>,
    @Inject(JOB_EVENTS) private readonly events: JobEvents,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.repeating = new Repeating('jobs: sweeping', () => this.sweep(), pace, logger);
  }

  onApplicationBootstrap(): void {
    this.repeating.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.repeating.stop();
  }

  /** Does one round. @returns whether there may be more */
  async sweep(): Promise<boolean> {
    const lost = await this.freeLost();
    const handed = await this.takeBackHanded();
    return lost === atOnce || handed === atOnce;
  }

  /** Jobs whose lease ran out: to be tried again, or given up when that has happened too often. */
  private async freeLost(): Promise<number> {
    const { read } = this.database;
    const rows: ClaimedRecord[] = await read.query(
      `SELECT ${claimedColumns.map((name) => `jobs.${name}`).join(', ')}, applied FROM jobs
       JOIN job_subjects ON job_subjects.subject_id = jobs.subject_id
       WHERE stage = 'running' AND due_at <= ${databaseTime(read)} LIMIT ?`,
      [atOnce],
    );
    for (const row of rows) await this.free(toClaimed(row));
    return rows.length;
  }

  private async free(job: ClaimedJob): Promise<void> {
    const code = 'job.workerLost';
    const message = `The worker ${job.worker} was not heard of any more.`;
    let ended: Ended;
    try {
      ended = await this.database.transaction((tx) =>
        this.endings.end(tx, [{ job, outcome: 'lost', code, message, again: this.again(job) }]),
      );
    } catch (error) {
      // Its worker has ended it after all, or somebody else has found it.
      if (isJobLost(error)) return;
      throw error;
    }
    const status = ended.statuses.get(job.id);
    this.logger.warn({ jobId: job.id, kind: job.kind, worker: job.worker, status, traceId: traceIdOf(job.traceparent) }, message);
    this.metrics.failed(job.kind, code);
    this.metrics.attempted(job.kind, 'lost', status);
    if (status) this.events.publish([{ id: job.id, status }]);
    for (const { id, inMs } of ended.next) this.driver.announce([id], inMs);
  }

  private again({ kind, tries }: ClaimedJob): { readonly inMs: number; readonly counts: boolean } | undefined {
    const retry = this.handlers.find(kind)?.retry;
    if (!retry) return { inMs: 0, counts: true };
    const failures = tries + 1;
    return failures < retry.maxAttempts ? { inMs: backoff(retry, failures, Math.random()), counts: true } : undefined;
  }

  /** Jobs that Redis should have brought to a worker by now: handed over again. If Redis has them still, nothing changes there. */
  private async takeBackHanded(): Promise<number> {
    const { read } = this.database;
    const found: { id: string }[] = await read.query(
      `SELECT id FROM jobs WHERE stage = 'handed' AND due_at <= ${databaseTime(read)} LIMIT ?`,
      [atOnce],
    );
    const ids = found.map(({ id }) => id);
    if (ids.length === 0) return 0;
    await this.database.transaction((tx) =>
      tx.query(
        `UPDATE jobs SET stage = 'ready', due_at = ${databaseTime(tx)} WHERE id IN (${places(ids)}) AND COALESCE(stage, '') = 'handed'`,
        ids,
      ),
    );
    this.driver.announce(ids);
    return ids.length;
  }
}
