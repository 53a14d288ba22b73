import type { Queue } from 'bull';
import { Database, Seldom, type Logger } from '@foyer/platform';
import { JobHandlers } from '../../running/job-handlers.js';
import { JobRunner } from '../../running/job-runner.js';
import type { NextJob } from '../../store/job-endings.js';
import { JobStore } from '../../store/job-store.js';
import type { JobDriver } from '../driver.js';
import { BullWorker } from './bull-worker.js';
import { HandOver } from './hand-over.js';
import type { QueueConnections } from './queue-connections.js';
import { Relay } from './relay.js';
import type { Token } from './token.js';

export interface BullOptions {
  /** Jobs that this process does at the same time; 0 when it only hands them over. */
  readonly concurrency: number;
  /** Milliseconds that a job may still take when the process is to end. */
  readonly patienceMs: number;
}

/** Milliseconds for which a process that ends waits for Redis: it may be away, and others find by themselves what they are not told. */
const goodbyeMs = 3_000;
const closeMs = 1_000;
/** Longer waits are left to the relay. */
const longestWaitMs = 30_000;
const complainEveryMs = 60_000;

/** Brings jobs to workers by way of Redis and Bull, which may lose and repeat what they like: at least once is all that is needed. */
export class BullDriver implements JobDriver {
  private readonly handOver: HandOver;
  private readonly relay: Relay;
  private readonly worker: BullWorker;
  private readonly announcing = new Set<Promise<void>>();
  private readonly complaints = new Seldom(complainEveryMs);

  constructor(
    database: Database,
    store: JobStore,
    private readonly runner: JobRunner,
    handlers: JobHandlers,
    private readonly queue: Queue<Token>,
    private readonly connections: Pick<QueueConnections, 'close'>,
    private readonly options: BullOptions,
    private readonly logger: Logger,
  ) {
    this.handOver = new HandOver(database, store, queue, runner.stopped, logger);
    this.relay = new Relay(database, store, this.handOver, runner.worker, runner.stopped, logger);
    const announceNext = (jobs: readonly NextJob[]): void => this.announceNext(jobs);
    const handAgain = (ids: readonly string[]): void => this.during(this.handOver.handAgain(ids));
    this.worker = new BullWorker(store, runner, handlers, queue, announceNext, handAgain, logger);
    queue.on('error', (error: unknown) => this.complain(error));
  }

  async start(): Promise<void> {
    this.relay.start();
    // After a lost connection: Redis may have been started again, and be empty.
    this.queue.client.on('ready', () => this.relay.wake());
    if (this.options.concurrency > 0) this.worker.start(this.options.concurrency);
  }

  async stop(): Promise<void> {
    const works = this.options.concurrency > 0;
    const paused = works ? within(goodbyeMs, this.worker.pause()) : undefined;
    await this.runner.stop(this.options.patienceMs);
    await paused;
    await within(goodbyeMs, Promise.all([this.leave(), this.relay.end()]));
    const closed = this.queue.close();
    await within(closeMs, closed);
    // Without Redis Bull closes when it is told that there will be none.
    this.connections.close();
    await within(closeMs, closed);
  }

  /** Lets others have at once what was brought here and not begun, or given back. */
  private async leave(): Promise<void> {
    if (this.options.concurrency > 0) this.during(this.handOver.handAgain(await this.worker.stop()));
    await Promise.all(this.announcing);
  }

  announce(ids: readonly string[], inMs = 0): void {
    if (ids.length === 0) return;
    if (inMs <= 0) this.announceNow(ids);
    else if (inMs < longestWaitMs) setTimeout(() => this.runner.stopped.aborted || this.announceNow(ids), inMs).unref();
  }

  private announceNow(ids: readonly string[]): void {
    this.during(this.handOver.announce(ids));
  }

  /** @param announcing never rejects */
  private during(announcing: Promise<void>): void {
    this.announcing.add(announcing);
    void announcing.then(() => this.announcing.delete(announcing));
  }

  private announceNext(jobs: readonly NextJob[]): void {
    for (const { id, inMs } of jobs) this.announce([id], inMs);
  }

  /** Bull says it for each of its attempts. */
  private complain(error: unknown): void {
    if (this.runner.stopped.aborted || !this.complaints.isTime()) return;
    this.logger.warn({ err: error }, 'the queue of jobs in Redis complains');
  }
}

/** Waits for something, but no longer than so many milliseconds. What it fails with is nobody's concern any more. */
async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, milliseconds)));
  await Promise.race([work.catch(() => undefined), late]);
  clearTimeout(timer);
}
