import type { JobStatus } from '../store/job.row.js';

/** A job that is in another state now. */
export interface JobChange {
  readonly id: string;
  readonly status: JobStatus;
}

export interface JobWatcher {
  changed(changes: readonly JobChange[]): void;
  /** Called when it is told of changes from now on, and whenever some may have been lost: what it knows may be old. */
  missed(): void;
}

/** Tells who watches of jobs that changed, in whatever process. Nothing depends on it: what is lost is seen when the job is read. */
export interface JobEvents {
  /** Never throws. */
  publish(changes: readonly JobChange[]): void;
  /** Returns a function that unsubscribes. */
  subscribe(watcher: JobWatcher): () => void;
}

/** Nest token of {@link JobEvents}. */
export const JOB_EVENTS = Symbol('JobEvents');
