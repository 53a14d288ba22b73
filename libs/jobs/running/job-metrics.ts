import { Injectable } from '@nestjs/common';
import { Metrics } from '@foyer/platform';
import type { AttemptOutcome } from '../store/job-attempt.row.js';
import type { JobStatus } from '../store/job.row.js';

/** Seconds: from a store next door to one that was away for the night. */
const buckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600, 43_200];

/** Counts what this process does to jobs. */
@Injectable()
export class JobMetrics {
  private readonly endings;
  private readonly attempts;
  private readonly failures;
  private readonly retries;
  private readonly duration;

  constructor(metrics: Metrics) {
    this.endings = metrics.counter('jobs_ended_total', 'Jobs that ended, by how: done, superseded, discarded or dead.', ['kind', 'status']);
    this.attempts = metrics.counter('job_attempts_total', 'Attempts at jobs, by how they ended.', ['kind', 'outcome']);
    this.failures = metrics.counter('job_failures_total', 'Attempts at jobs that failed, by the code of the reason.', ['kind', 'code']);
    this.retries = metrics.counter('job_retries_total', 'Failed or lost attempts after which the job waits to be tried again.', ['kind']);
    this.duration = metrics.histogram('job_attempt_duration_seconds', 'What an attempt took.', ['kind'], buckets);
  }

  /** @param status what became of the job, if that was written down @param durationMs undefined when nobody knows how long it took */
  attempted(kind: string, outcome: AttemptOutcome, status: JobStatus | undefined, durationMs?: number): void {
    this.attempts.inc({ kind, outcome });
    if (durationMs !== undefined) this.duration.observe({ kind }, durationMs / 1000);
    if (status === 'waiting' && (outcome === 'failed' || outcome === 'lost')) this.retries.inc({ kind });
    else if (status !== undefined && status !== 'waiting') this.ended(kind, status);
  }

  ended(kind: string, status: JobStatus): void {
    this.endings.inc({ kind, status });
  }

  failed(kind: string, code: string): void {
    this.failures.inc({ kind, code });
  }
}
