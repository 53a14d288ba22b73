import type { Database, Logger, Vault } from '@foyer/platform';
import { LocalJobEvents } from '../events/local-job-events.js';
import { JobPauses } from '../lanes/job-pauses.js';
import type { KnownLanes } from '../lanes/known-lanes.js';
import { ParkedJobs } from '../lanes/parked-jobs.js';
import { JobAnnouncements } from '../outbox/job-announcements.js';
import { JobDepths } from '../store/job-depth.js';
import { JobSubjects } from '../subjects/job-subjects.js';
import { BulkJobs } from './bulk-jobs.js';
import { JobAdministration, type Discarding } from './job-administration.js';
import { JobsReader } from './jobs-reader.js';

/** What administrators do with jobs, for who has no server to do it by. */
export interface JobDesk {
  readonly reader: JobsReader;
  readonly administration: JobAdministration;
  readonly bulk: BulkJobs;
  readonly pauses: JobPauses;
  readonly depths: JobDepths;
}

export interface JobDeskParts {
  readonly database: Database;
  readonly vault: Vault;
  readonly logger: Logger;
  readonly lanes: KnownLanes;
  readonly discarding: Discarding;
  /** Called when there are jobs that may be done now. */
  readonly freed: () => void;
}

export function jobDesk({ database, vault, logger, lanes, discarding, freed }: JobDeskParts): JobDesk {
  const announcements = new JobAnnouncements();
  announcements.onAnnounced(freed);
  const pauses = new JobPauses(database, new ParkedJobs(database, announcements, logger), lanes, logger);
  const subjects = new JobSubjects();
  const administration = new JobAdministration(database, subjects, discarding, vault, announcements, new LocalJobEvents(), logger);
  const bulk = new BulkJobs(database, administration);
  return { reader: new JobsReader(database, pauses), administration, bulk, pauses, depths: new JobDepths(database) };
}
