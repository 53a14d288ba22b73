/**
 * jobs: durable work that is done later: the outbox it waits in, who takes it up (in this process, or workers by way of Redis and Bull), in which order,
 * how often it is tried, and what administrators see of it. It does not know what the work is: handlers do it, registered by kind.
 *
 * Two modules: `JobsModule` for those who add jobs, and `JobsRunningModule`, which has them done by handlers that may build on the first. The parts of
 * the second can be used one by one.
 */
export { jobPriorities, laneOf, type AddedJob, type JobPriority, type NewJob } from './outbox/new-job.js';
export type { JobKind } from './kinds/job-kind.js';
export { JobKinds } from './kinds/job-kinds.js';
export { JobAnnouncements } from './outbox/job-announcements.js';
export { Outbox } from './outbox/outbox.js';
export { JobAttemptRow } from './store/job-attempt.row.js';
export { JobRow, type JobStatus } from './store/job.row.js';
export type { JobFacts } from './store/job-facts.js';
export { JobLeaseRow } from './upkeep/job-lease.row.js';
export { JobPauseRow } from './lanes/job-pause.row.js';
export { JobResumeRow } from './lanes/job-resume.row.js';
export { KNOWN_LANES, type KnownLanes } from './lanes/known-lanes.js';
export { JobSubjectRow, type OpenJob } from './subjects/job-subject.row.js';
export { JobSubjects } from './subjects/job-subjects.js';
export type { DiscardedJob, JobHandler } from './running/job-handler.js';
export type { JobRun } from './running/job-run.js';
export type { RetryPolicy } from './running/retry-policy.js';
export { isJobLost, isJobOvertaken } from './store/lost.js';
export { JobsRunning } from './running/jobs-running.js';
export { JobsModule } from './jobs.module.js';
export { JobsRunningModule, type JobsRunningOptions } from './jobs-running.module.js';
export { LocalJobEvents } from './events/local-job-events.js';
export { JobHandlers } from './running/job-handlers.js';
export { JobMetrics } from './running/job-metrics.js';
export { JobRunner } from './running/job-runner.js';
export { JobEndings } from './store/job-endings.js';
export { JobStore } from './store/job-store.js';
export { JobsAdministrationModule, type JobsAdministrationOptions } from './jobs-administration.module.js';
export { jobDesk, type JobDesk, type JobDeskParts } from './administration/job-desk.js';
export type { Discarding, DiscardingHandler } from './administration/job-administration.js';
export type { JobDetailDto, JobDto } from './administration/job.dto.js';
export type { JobDepth, JobDepths } from './store/job-depth.js';
