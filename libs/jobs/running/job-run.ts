import { Database, errorCode, FoyerError, type Logger, type Transaction } from '@foyer/platform';
import type { Claim } from '../store/claimed-job.js';
import { JobEndings, type Ended, type Ending } from '../store/job-endings.js';
import { JobStore } from '../store/job-store.js';
import { backoff, type RetryPolicy } from './retry-policy.js';

/** What an attempt stands on. */
export interface RunParts {
  readonly database: Database;
  readonly store: JobStore;
  readonly endings: JobEndings;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** One attempt at a job, by one worker. */
export class JobRun<P = unknown> {
  private readonly stopping = new AbortController();
  private notes: unknown;
  private content: { readonly payload: P } | undefined;
  /** What the end of it led to, once it has ended in a transaction that may have committed. */
  ended: Ended | undefined;

  constructor(
    /** What is known of it. */
    readonly job: Claim,
    private readonly reading: () => P,
    /** Puts job, login and trace on every line. */
    readonly logger: Logger,
    private readonly retry: RetryPolicy,
    private readonly parts: RunParts,
  ) {}

  /** Fires when the job is this worker's no more, or the worker stops: what is done from then on is in vain. */
  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  /** What it was given when it was added. */
  get payload(): P {
    if (!this.content) throw new TypeError('The payload of a job is read before its handler is called');
    return this.content.payload;
  }

  /** Reads the payload, before the handler gets it. @throws what it was read with threw */
  open(): void {
    this.content = { payload: this.reading() };
  }

  /** What an administrator is to see of this attempt, however it ends. Without anybody's claims: it is kept in clear. */
  note(plan: unknown): void {
    this.notes = plan;
  }

  /**
   * The first call of every transaction of the job: until it ends, nobody else has the job, and nothing overtakes it.
   * @throws FoyerError `job.lost`, `job.overtaken`; whoever catches them writes nothing
   */
  guard(tx: Transaction): Promise<void> {
    return this.parts.store.guard(tx, this.job);
  }

  /** Says that the worker is alive; the runner does this. @returns false when the job is another's */
  heartbeat(): Promise<boolean> {
    return this.parts.store.heartbeat(this.job);
  }

  /** Done, with the transaction that has the effect. @throws FoyerError `job.lost`, `job.overtaken` */
  async complete(tx: Transaction): Promise<void> {
    await this.end(tx, this.completion());
  }

  /** Ends without an effect, because somebody else knows better. @throws FoyerError `job.lost` */
  async supersede(tx: Transaction): Promise<void> {
    await this.end(tx, { job: this.job, outcome: 'superseded', code: 'job.overtaken', plan: this.notes });
  }

  /**
   * To be tried again later, and not before the error says that it makes sense; or given up after the last try or when trying makes no sense (`final`).
   * @throws FoyerError `job.lost`
   */
  async fail(error: unknown, { final = false }: { readonly final?: boolean } = {}): Promise<void> {
    const failures = this.job.tries + 1;
    const retryAfterMs = error instanceof FoyerError ? (error.retryAfter ?? 0) * 1000 : 0;
    const inMs = retryAfterMs + backoff(this.retry, failures, this.parts.random());
    const again = final || failures >= this.retry.maxAttempts ? undefined : { inMs, counts: true };
    await this.endAlone({ job: this.job, outcome: 'failed', ...reasonOf(error), plan: this.notes, again });
  }

  /** For another worker, or for this one later; does not count as a try. @throws FoyerError `job.lost` */
  async giveBack(inMs = 0, error?: unknown): Promise<void> {
    const reason = error === undefined ? {} : reasonOf(error);
    await this.endAlone({ job: this.job, outcome: 'returned', ...reason, plan: this.notes, again: { inMs, counts: false } });
  }

  /** How it ends when its handler has nothing to add. */
  completion(): Ending {
    return { job: this.job, outcome: 'done', plan: this.notes };
  }

  /** Tells the handler that what it does is in vain. */
  abort(reason: FoyerError): void {
    this.stopping.abort(reason);
  }

  private async end(tx: Transaction, ending: Ending): Promise<void> {
    this.ended = await this.parts.endings.end(tx, [ending]);
  }

  private async endAlone(ending: Ending): Promise<void> {
    await this.parts.database.transaction((tx) => this.end(tx, ending));
  }
}

/** What administrators are told. What others' errors say may be anything, so it stands in the log only. */
function reasonOf(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof FoyerError) return { code: error.code, message: error.message };
  return { code: errorCode(error) || 'job.failed', message: 'An unexpected error: the log of the worker has it under the id of the job.' };
}
