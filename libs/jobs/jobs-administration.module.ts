import { Module, type DynamicModule, type InjectionToken, type ModuleMetadata } from '@nestjs/common';
import { BulkJobs } from './administration/bulk-jobs.js';
import { JobAdministration } from './administration/job-administration.js';
import { JobEventStreams } from './administration/job-event-streams.js';
import { JobEventsController } from './administration/job-events.controller.js';
import { JobPausesController } from './administration/job-pauses.controller.js';
import { JobsController } from './administration/jobs.controller.js';
import { JobsReader } from './administration/jobs-reader.js';
import { JobsModule } from './jobs.module.js';
import { JobPauses } from './lanes/job-pauses.js';
import { KNOWN_LANES } from './lanes/known-lanes.js';

export interface JobsAdministrationOptions {
  /** `JobsRunningModule`, and the module that exports the lanes. */
  readonly imports: NonNullable<ModuleMetadata['imports']>;
  /** What implements `KnownLanes`. */
  readonly lanes: InjectionToken;
}

/** Jobs at the admin API: for servers, not for workers. */
@Module({})
export class JobsAdministrationModule {
  static forRoot({ imports, lanes }: JobsAdministrationOptions): DynamicModule {
    return {
      module: JobsAdministrationModule,
      imports: [JobsModule, ...imports],
      // Whose paths have a name come before the one whose path has an id in its place.
      controllers: [JobPausesController, JobEventsController, JobsController],
      providers: [JobPauses, JobsReader, JobAdministration, BulkJobs, JobEventStreams, { provide: KNOWN_LANES, useExisting: lanes }],
    };
  }
}
