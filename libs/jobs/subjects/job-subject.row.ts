import { Entity } from 'typeorm';
import { JsonColumn, NumberColumn, PrimaryIdColumn } from '@foyer/platform';

/** A job of a subject that may still have an effect. */
export interface OpenJob {
  readonly id: string;
  readonly kind: string;
  readonly identityProviderId: string;
  /** The login that asked for it. */
  readonly loginId?: string;
  /** An administrator may still retry it; until then it is in nobody's way. */
  readonly dead?: true;
  /** Why this work was given up the last time: until a job of it is done, it counts as failing, whoever tries again. A stable code. */
  readonly failure?: string;
}

/**
 * Whom jobs are about: the order of what is done to them. Its row is the lock under which jobs of one subject are added, ended and given their turn.
 */
@Entity('job_subjects')
export class JobSubjectRow {
  @PrimaryIdColumn({ name: 'subject_id' }) subjectId!: string;
  /** The latest sequence number that was given to a job or to a change. */
  @NumberColumn() issued!: number;
  /** A job whose number is not above this one has been overtaken. */
  @NumberColumn() applied!: number;
  /** In their order: the first that is not dead has its turn. */
  @JsonColumn({ name: 'open_jobs' }) openJobs!: readonly OpenJob[];
}
