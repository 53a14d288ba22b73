import { FoyerError, type Logger } from '@foyer/platform';
import type { LeaseOptions } from '../store/job-store.js';
import { isJobLost, jobLost } from '../store/lost.js';
import type { JobRun } from './job-run.js';

/** Why a job is given back by a process that ends. */
export const workerStops = (): FoyerError => new FoyerError('unavailable', 'job.stopping', 'The worker stops before the job is done.');

interface Active {
  readonly settled: Promise<unknown>;
  /** Nobody waits for the handler any more. */
  readonly leave: () => void;
  /** When it last was this worker's for sure, by this machine's elapsed time. */
  heldAt: number;
}

/** The attempts that are being made in this process. Says of each that its worker is alive, and tells those that are somebody else's by now. */
export class ActiveRuns {
  private readonly runs = new Map<JobRun, Active>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly lease: LeaseOptions,
    private readonly logger: Logger,
  ) {}

  get size(): number {
    return this.runs.size;
  }

  /** Looks after an attempt while `work` goes on. @returns undefined when it was given back before that came to an end */
  async during<T>(run: JobRun, work: Promise<T>): Promise<T | undefined> {
    let leave = (): void => undefined;
    const left = new Promise<undefined>((resolve) => {
      leave = () => resolve(undefined);
    });
    this.runs.set(run, { settled: work.catch(() => undefined), leave, heldAt: performance.now() });
    this.timer ??= setInterval(() => void this.beat(), this.lease.leaseMs / 3).unref();
    try {
      return await Promise.race([work, left]);
    } finally {
      this.runs.delete(run);
      if (this.runs.size === 0) this.rest();
    }
  }

  /** Waits until none is left, for at most so many milliseconds, and gives back the others. */
  async end(patienceMs: number): Promise<void> {
    await this.settledWithin(patienceMs);
    const late = [...this.runs];
    for (const [run] of late) run.abort(workerStops());
    await Promise.all(late.map(([run, { leave }]) => this.giveBack(run).then(leave)));
  }

  private async settledWithin(patienceMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, patienceMs);
    });
    await Promise.race([Promise.all([...this.runs.values()].map(({ settled }) => settled)), late]);
    clearTimeout(timer);
  }

  private async giveBack(run: JobRun): Promise<void> {
    try {
      await run.giveBack(0, run.signal.reason);
      run.logger.info('a job was given back because its worker stops');
    } catch (error) {
      // It has ended at the last moment, or its lease will.
      if (!isJobLost(error)) run.logger.warn({ err: error }, 'a job could not be given back: another worker takes it up later');
    }
  }

  private async beat(): Promise<void> {
    await Promise.all([...this.runs].map(([run, active]) => this.beatFor(run, active)));
  }

  private async beatFor(run: JobRun, active: Active): Promise<void> {
    const asked = performance.now();
    try {
      if (await run.heartbeat()) active.heldAt = asked;
      // One that ends while it is asked about is nobody's any more.
      else if (this.runs.has(run)) run.abort(jobLost());
    } catch (error) {
      this.logger.warn({ err: error, jobId: run.job.id }, 'a job could not be held');
      if (performance.now() - active.heldAt > this.lease.leaseMs) run.abort(jobLost());
    }
  }

  private rest(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
