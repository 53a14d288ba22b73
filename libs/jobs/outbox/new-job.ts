import type { JobKind } from '../kinds/job-kind.js';

/** Whose jobs come first: those of people who wait for an account before those of people who have one. Orders subjects, never one subject's jobs. */
export const jobPriorities = { firstLogin: 0, login: 1, resync: 2 } as const;
export type JobPriority = (typeof jobPriorities)[keyof typeof jobPriorities];

/** What a job is to be. */
export interface NewJob<P = unknown> {
  readonly kind: JobKind<P>;
  /** Whom it is about: the id that Foyer minted for them. Jobs of one subject are done in order, one at a time. */
  readonly subjectId: string;
  readonly identityProviderId: string;
  /** The provider's name. */
  readonly identityProvider: string;
  readonly loginId: string | null;
  readonly priority: JobPriority;
  /** A JSON value; encrypted until the job has ended, then deleted. */
  readonly payload: P;
  /** What it is paused with. Default: `idp:` and the name of the identity provider. */
  readonly lane?: string;
  /** Not before this time, in milliseconds since the epoch. Default: at once. */
  readonly runAt?: number;
  /** W3C Trace Context of what asked for it. */
  readonly traceparent?: string;
}

export interface AddedJob {
  readonly id: string;
  /** Its place among the jobs of its subject. */
  readonly sequence: number;
}

/** The lane of all jobs of an identity provider. */
export const laneOf = (identityProvider: string): string => `idp:${identityProvider}`;
