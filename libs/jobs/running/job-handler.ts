import type { Transaction } from '@foyer/platform';
import type { JobKind } from '../kinds/job-kind.js';
import type { JobFacts } from '../store/job-facts.js';
import type { JobRun } from './job-run.js';
import type { RetryPolicy } from './retry-policy.js';

/**
 * Does the jobs of one kind. It may be called again for a job that it has done, after a crash or a lost connection: what it does is idempotent, and
 * each of its transactions begins with `run.guard(tx)`.
 */
export interface JobHandler<P = unknown> {
  readonly kind: JobKind<P>;
  readonly retry: RetryPolicy;
  /**
   * Does the job. Its last transaction calls `run.complete(tx)`, so that effect and end are one; a job that has ended in none of its transactions when
   * this resolves is completed. When it rejects, the job is tried again.
   */
  run(run: JobRun<P>): Promise<void>;
  /** Whether trying again makes no sense: the job is dead at once. Default: never. */
  isFinal?(error: unknown): boolean;
  /** Writes down that an administrator has discarded the job, in the transaction that does. */
  discarded?(tx: Transaction, job: DiscardedJob<P>): Promise<void>;
}

export interface DiscardedJob<P = unknown> extends JobFacts {
  /** Undefined when it cannot be read, such as with another FOYER_SECRET_KEY. */
  readonly payload: P | undefined;
  /** Who discarded it: the subject of an administrator's token. */
  readonly by: string;
}

/** Nest token of the list of {@link JobHandler}s. */
export const JOB_HANDLERS = Symbol('JobHandlers');
