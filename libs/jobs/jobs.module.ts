import { Module, type Provider } from '@nestjs/common';
import { RedisConnections } from '@foyer/platform';
import { JOB_EVENTS } from './events/job-events.js';
import { LocalJobEvents } from './events/local-job-events.js';
import { RedisJobEvents } from './events/redis-job-events.js';
import { JobKinds } from './kinds/job-kinds.js';
import { JobMetrics } from './running/job-metrics.js';
import { JobAnnouncements } from './outbox/job-announcements.js';
import { Outbox } from './outbox/outbox.js';
import { JobSubjects } from './subjects/job-subjects.js';

const events: Provider = {
  provide: JOB_EVENTS,
  inject: [{ token: RedisConnections, optional: true }],
  useFactory: (redis?: RedisConnections) => (redis ? new RedisJobEvents(redis) : new LocalJobEvents()),
};

/** What those build on who add jobs, or change people whom jobs are about. It knows no handlers: those may build on it themselves. */
@Module({
  providers: [JobKinds, JobAnnouncements, JobMetrics, JobSubjects, Outbox, events],
  exports: [JobKinds, JobAnnouncements, JobMetrics, JobSubjects, Outbox, JOB_EVENTS],
})
export class JobsModule {}
