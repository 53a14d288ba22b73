import { Module, type DynamicModule, type InjectionToken, type ModuleMetadata, type Provider } from '@nestjs/common';
import type { Queue } from 'bull';
import { Database, LOGGER, type Logger, type Settings } from '@foyer/platform';
import { BullDriver } from './drivers/bull/bull-driver.js';
import { JOB_QUEUE, QueueConnections } from './drivers/bull/queue-connections.js';
import type { Token } from './drivers/bull/token.js';
import { JOB_DRIVER } from './drivers/driver.js';
import { InProcessDriver } from './drivers/in-process.js';
import { JobsModule } from './jobs.module.js';
import { ParkedJobs } from './lanes/parked-jobs.js';
import { JobDepthMetrics } from './running/job-depth-metrics.js';
import { JOB_HANDLERS, type JobHandler } from './running/job-handler.js';
import { JobHandlers } from './running/job-handlers.js';
import { JobRunner, RUNNER_OPTIONS, type RunnerOptions } from './running/job-runner.js';
import { JobsRunning } from './running/jobs-running.js';
import { JobDepths } from './store/job-depth.js';
import { JobEndings } from './store/job-endings.js';
import { JobStore, LEASE_OPTIONS } from './store/job-store.js';
import { JobRetention } from './upkeep/job-retention.js';
import { JobSweeper } from './upkeep/job-sweeper.js';

/** Milliseconds for which a worker may be silent before its jobs are given to others. */
const leaseMs = 30_000;
/** Milliseconds that jobs may still take when the process is to end. */
const patienceMs = 10_000;

export interface JobsRunningOptions {
  readonly settings: Pick<Settings, 'redis' | 'jobConcurrency'>;
  /** A `worker` does jobs. A `server` does too where there is no Redis; where there is one, it only hands them to workers. */
  readonly role: 'server' | 'worker';
  /** The modules that export the handlers. */
  readonly imports: NonNullable<ModuleMetadata['imports']>;
  /** The `JobHandler`s: one for each kind that any module declares, whatever the role. */
  readonly handlers: readonly InjectionToken[];
}

/** Has jobs done. A module of its own, put up by the composition root alone, because handlers may build on `JobsModule` themselves. */
@Module({})
export class JobsRunningModule {
  static forRoot({ settings, role, imports, handlers }: JobsRunningOptions): DynamicModule {
    const { redis, jobConcurrency } = settings;
    const driver = redis ? bullDriver(role === 'worker' ? jobConcurrency : 0) : inProcessDriver;
    const providers = [
      { provide: JOB_HANDLERS, inject: [...handlers], useFactory: (...all: JobHandler[]) => all },
      { provide: LEASE_OPTIONS, useValue: { leaseMs } },
      { provide: RUNNER_OPTIONS, useValue: { leaseMs, concurrency: jobConcurrency } satisfies RunnerOptions },
      ...[JobHandlers, JobStore, JobEndings, JobRunner, driver, JobsRunning, ParkedJobs, JobSweeper, JobRetention],
      ...[JobDepths, JobDepthMetrics],
    ];
    return {
      module: JobsRunningModule,
      imports: [JobsModule, ...(redis ? [bullQueue()] : []), ...imports],
      providers,
      exports: [JobHandlers, JobStore, JobEndings, JobsRunning, ParkedJobs, JobDepths],
    };
  }
}

/** Loaded only where there is a Redis, because a server alone starts sooner without. */
const bullQueue = async (): Promise<DynamicModule> => ({ module: (await import('./drivers/bull/bull-queue.module.js')).BullQueueModule });

const inProcessDriver: Provider = {
  provide: JOB_DRIVER,
  inject: [Database, JobStore, JobRunner, JobHandlers, LOGGER],
  useFactory: (database: Database, store: JobStore, runner: JobRunner, handlers: JobHandlers, logger: Logger) =>
    new InProcessDriver(database, store, runner, handlers, patienceMs, logger),
};

const bullDriver = (concurrency: number): Provider => ({
  provide: JOB_DRIVER,
  inject: [Database, JobStore, JobRunner, JobHandlers, JOB_QUEUE, QueueConnections, LOGGER],
  useFactory: (
    database: Database,
    store: JobStore,
    runner: JobRunner,
    handlers: JobHandlers,
    queue: Queue<Token>,
    connections: QueueConnections,
    logger: Logger,
  ) => new BullDriver(database, store, runner, handlers, queue, connections, { concurrency, patienceMs }, logger),
});
