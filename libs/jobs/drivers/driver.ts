/** Brings jobs that are due to workers. The rows in the database say what is to be done; a driver that loses something only costs time. */
export interface JobDriver {
  /** Begins to bring jobs, and to have them done where this process does any. */
  start(): Promise<void>;
  /** Brings no more, and waits until what was begun here has ended or was given back. */
  stop(): Promise<void>;
  /** These wait, have been committed and are due in so many milliseconds. Jobs that nobody announces are found, later. Never throws. */
  announce(ids: readonly string[], inMs?: number): void;
}

/** Nest token of the {@link JobDriver}. */
export const JOB_DRIVER = Symbol('JobDriver');
