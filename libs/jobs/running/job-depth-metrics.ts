import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, Metrics, type Logger, type Observation } from '@foyer/platform';
import { JobDepths, type JobDepth } from '../store/job-depth.js';

/** Milliseconds for which a count is told again, however often somebody asks. */
const freshMs = 10_000;
/** Of its time the database spends at most one part in so many on counting for this process. */
const share = 100;

/** Tells how many jobs there are in the database, whoever does them: every process says the same. */
@Injectable()
export class JobDepthMetrics {
  private counting: Promise<JobDepth> | undefined;
  /** As `performance.now()` tells the time. */
  private freshUntil = 0;

  constructor(
    @Inject(JobDepths) private readonly depths: Pick<JobDepths, 'read'>,
    @Inject(LOGGER) private readonly logger: Logger,
    metrics: Metrics,
  ) {
    const help =
      'Jobs that have not ended, in the whole database. Those that wait, by what for: a worker, their time, their turn, their lane.';
    metrics.observedEach('jobs', help, ['status', 'waits_for'], async () => byStatus(await this.depth()));
    const oldest = 'Time since the oldest of the jobs that wait was added, in the whole database; 0 when none waits.';
    metrics.observedEach('jobs_oldest_waiting_seconds', oldest, [], async () => {
      return [{ labels: {}, value: ((await this.depth()).oldestWaitingMs ?? 0) / 1000 }];
    });
  }

  private depth(): Promise<JobDepth> {
    if (this.counting === undefined || performance.now() > this.freshUntil) {
      this.freshUntil = Number.POSITIVE_INFINITY;
      this.counting = this.count();
    }
    return this.counting;
  }

  private async count(): Promise<JobDepth> {
    const began = performance.now();
    try {
      return await this.depths.read();
    } catch (error) {
      this.logger.warn({ err: error }, 'Jobs could not be counted; the metrics of their numbers are missing');
      throw error;
    } finally {
      const now = performance.now();
      this.freshUntil = now + Math.max(freshMs, (now - began) * share);
    }
  }
}

function byStatus({ waiting, running, dead }: JobDepth): Observation<'status' | 'waits_for'>[] {
  return [
    ...Object.entries(waiting).map(([reason, value]) => ({ labels: { status: 'waiting', waits_for: reason }, value })),
    { labels: { status: 'running', waits_for: '' }, value: running },
    { labels: { status: 'dead', waits_for: '' }, value: dead },
  ];
}
