import { Module, type DynamicModule } from '@nestjs/common';
import { JobsRunningModule, type JobsRunningOptions } from '@foyer/jobs';
import { PlatformModule, type Logger, type Settings } from '@foyer/platform';
import { schema } from '../../ormconfig.js';

/** The jobs that a worker does, and the modules of their handlers. */
export type WorkerJobs = Pick<JobsRunningOptions, 'imports' | 'handlers'>;

/** Foyer's worker: the libs that jobs need, without applications, logins, the admin API and pages. Of HTTP it has what platform brings: health and metrics. */
@Module({})
export class WorkerModule {
  static forRoot(settings: Settings, logger: Logger, jobs: WorkerJobs): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        PlatformModule.forRoot({ settings, schema, logger, sweepsState: false }),
        JobsRunningModule.forRoot({ settings, role: 'worker', ...jobs }),
      ],
    };
  }
}
