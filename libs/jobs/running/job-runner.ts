import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { Database, errorCode, FoyerError, LOGGER, traceIdOf, Vault, type Logger } from '@foyer/platform';
import { JOB_EVENTS, type JobEvents } from '../events/job-events.js';
import { isMalformed, openPayload } from '../outbox/payload.js';
import type { ClaimedJob } from '../store/claimed-job.js';
import type { AttemptOutcome } from '../store/job-attempt.row.js';
import { JobEndings, type NextJob } from '../store/job-endings.js';
import { JobStore, type LeaseOptions } from '../store/job-store.js';
import { isJobLost, isJobOvertaken } from '../store/lost.js';
import { ActiveRuns, workerStops } from './active-runs.js';
import { Completions } from './completions.js';
import type { JobHandler } from './job-handler.js';
import { JobHandlers } from './job-handlers.js';
import { JobMetrics } from './job-metrics.js';
import { JobRun } from './job-run.js';
import { Places } from './places.js';
import { backoff } from './retry-policy.js';
import { newWorkerName } from './worker-name.js';

export interface RunnerOptions extends LeaseOptions {
  /** Jobs that are worked on at the same time. */
  readonly concurrency: number;
}

/** Nest token of {@link RunnerOptions}. */
export const RUNNER_OPTIONS = Symbol('RunnerOptions');

/** When a job that this worker cannot read is tried again. */
const unreadableRetry = { baseDelayMs: 5_000, maxDelayMs: 300_000 };
/** How long the place of such a job stays empty: otherwise a worker with a wrong key would be the fastest of all. */
const unreadablePauseMs = 30_000;
/** Milliseconds between two tries to write down how an attempt ended. */
const betweenTriesMs = 1_000;

/** Runs jobs that this process has claimed, each by the handler of its kind, and ends them however that went. */
@Injectable()
export class JobRunner {
  /** As what this process claims jobs. */
  readonly worker = newWorkerName();
  private readonly active: ActiveRuns;
  private readonly completions: Completions;
  private readonly places: Places;
  private readonly stopping = new AbortController();

  constructor(
    private readonly database: Database,
    private readonly store: JobStore,
    private readonly endings: JobEndings,
    private readonly handlers: JobHandlers,
    private readonly vault: Vault,
    private readonly metrics: JobMetrics,
    @Inject(JOB_EVENTS) private readonly events: JobEvents,
    @Inject(RUNNER_OPTIONS) private readonly options: RunnerOptions,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.active = new ActiveRuns(options, logger);
    this.places = new Places(options.concurrency);
    this.completions = new Completions(database, endings);
  }

  /** Fires when this process is to end. */
  get stopped(): AbortSignal {
    return this.stopping.signal;
  }

  /** How many more jobs may be claimed. */
  get room(): number {
    return this.places.capacity - this.active.size;
  }

  /** How many jobs are likely to be done here in so many milliseconds. */
  doneWithin(milliseconds: number): number {
    return this.places.within(milliseconds);
  }

  /**
   * Does a job, and ends the attempt. Never rejects.
   * @returns the jobs that have their turn after it, or itself if it is to be tried again
   */
  async run(claimed: ClaimedJob): Promise<readonly NextJob[]> {
    const { payload: _sealed, overtaken, ...job } = claimed;
    const handler = this.handlers.find(job.kind);
    const logger = this.logger.child({ jobId: job.id, kind: job.kind, loginId: job.loginId, traceId: traceIdOf(job.traceparent) });
    if (!handler) {
      logger.error('claimed a job without a handler for its kind');
      return [];
    }
    const parts = { database: this.database, store: this.store, endings: this.endings, random: Math.random };
    const started = performance.now();
    this.events.publish([{ id: job.id, status: 'running' }]);
    try {
      const run = new JobRun(job, () => openPayload(this.vault, handler.kind, claimed), logger, handler.retry, parts);
      const outcome = await this.active.during(run, this.attempt(run, handler, overtaken));
      return this.told(run, outcome ?? 'returned', performance.now() - started);
    } catch (error) {
      // Its lease runs out, and somebody else takes it up.
      logger.error({ err: error }, 'the end of a job could not be written down');
      return [];
    }
  }

  /** Waits for what runs here, and gives back what is not done after so many milliseconds. */
  async stop(patienceMs: number): Promise<void> {
    this.stopping.abort();
    await this.active.end(patienceMs);
  }

  private async attempt(run: JobRun, handler: JobHandler, overtaken: boolean): Promise<AttemptOutcome> {
    try {
      if (overtaken) return await this.supersede(run);
      const unreadable = unreadableReason(run);
      if (unreadable) return await this.unreadable(run, unreadable);
      if (!(await this.places.during(() => this.begin(run, handler)))) return await this.giveBack(run);
      if (!run.ended) await this.completions.complete(run);
      return 'done';
    } catch (error) {
      return this.endBadly(run, handler, error);
    }
  }

  /** @returns false when the process is to end: then nothing is begun */
  private async begin(run: JobRun, handler: JobHandler): Promise<boolean> {
    if (this.stopped.aborted) return false;
    await handler.run(run);
    return true;
  }

  private async endBadly(run: JobRun, handler: JobHandler, error: unknown): Promise<AttemptOutcome> {
    if (run.signal.aborted || isJobLost(error)) return this.lost(run, error);
    const completed = run.ended;
    const overtaken = isJobOvertaken(error);
    try {
      if (overtaken) return await this.supersede(run);
      return await this.fail(run, handler, error);
    } catch (ending) {
      if (!isJobLost(ending)) throw ending;
      // What failed may have come after the transaction that completed the job.
      if (completed) return 'done';
      // Nobody heard that this end was committed.
      if (run.ended) return overtaken ? 'superseded' : 'failed';
      return this.lost(run, error);
    }
  }

  /** Writes down how an attempt ended, also when the database is away for a moment: nobody else does before the lease has run out. */
  private async written(run: JobRun, write: () => Promise<void>): Promise<void> {
    for (const until = performance.now() + this.options.leaseMs; ;) {
      try {
        return await write();
      } catch (error) {
        if (isJobLost(error) || run.signal.aborted || performance.now() > until) throw error;
        run.logger.warn({ err: error }, 'the end of a job could not be written down; trying again');
      }
      await pause(betweenTriesMs, undefined, { signal: run.signal }).catch(() => undefined);
    }
  }

  private async fail(run: JobRun, handler: JobHandler, error: unknown): Promise<AttemptOutcome> {
    run.logger.warn({ err: error, attempt: run.job.attempt }, 'a job failed');
    await this.written(run, () => run.fail(error, { final: isMalformed(error) || (handler.isFinal?.(error) ?? false) }));
    this.metrics.failed(run.job.kind, (error instanceof FoyerError ? error.code : errorCode(error)) || 'job.failed');
    return 'failed';
  }

  private lost(run: JobRun, error: unknown): AttemptOutcome {
    run.logger.warn({ err: error }, 'a job was lost to another worker or given back');
    return 'lost';
  }

  private async supersede(run: JobRun): Promise<AttemptOutcome> {
    await this.written(run, () => this.database.transaction((tx) => run.supersede(tx)));
    run.logger.info('a job was overtaken');
    return 'superseded';
  }

  /** It was claimed while the process was told to end. */
  private async giveBack(run: JobRun): Promise<AttemptOutcome> {
    await run.giveBack(0, workerStops());
    return 'returned';
  }

  /** Whoever has the right key can do it. */
  private async unreadable(run: JobRun, error: FoyerError): Promise<AttemptOutcome> {
    run.logger.error({ err: error }, 'a job cannot be read with the FOYER_SECRET_KEY of this process, and waits for one that can');
    this.metrics.failed(run.job.kind, error.code);
    await run.giveBack(backoff(unreadableRetry, run.job.attempt, Math.random()), error);
    await pause(unreadablePauseMs, undefined, { signal: this.stopped }).catch(() => undefined);
    return 'returned';
  }

  private told({ job, ended }: JobRun, outcome: AttemptOutcome, durationMs: number): readonly NextJob[] {
    const status = ended?.statuses.get(job.id);
    this.metrics.attempted(job.kind, outcome, status, durationMs);
    if (status) this.events.publish([{ id: job.id, status }]);
    return ended?.next ?? [];
  }
}

/** Why this process cannot decrypt what another one could. */
function unreadableReason(run: JobRun): FoyerError | undefined {
  try {
    run.open();
    return undefined;
  } catch (error) {
    if (error instanceof FoyerError && !isMalformed(error)) return error;
    throw error;
  }
}
