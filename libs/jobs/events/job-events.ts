import type { JobStatus } from '../store/job.row.js';

/** A job that is in another state now. */
export interface JobChange {
  readonly id: string;
  readonly status: JobStatus;
}

export type JobChangeListener = (changes: readonly JobChange[]) => void;

/** Tells who watches of jobs that changed, in whatever process. Nothing depends on it: what is lost is seen when the job is read. */
export interface JobEvents {
  /** Never throws. */
  publish(changes: readonly JobChange[]): void;
  /** Returns a function that unsubscribes. */
  subscribe(listener: JobChangeListener): () => void;
}

/** Nest token of {@link JobEvents}. */
export const JOB_EVENTS = Symbol('JobEvents');
