import { Entity, Index } from 'typeorm';
import { IdColumn, LongTextColumn, NumberColumn, PrimaryIdColumn, TextColumn, TimeColumn } from '@foyer/platform';

/**
 * `waiting`: for a worker, for its time, for another job of its subject, or for its lane. `dead`: it failed too often, and an administrator retries or
 * discards it. `superseded`: overtaken by newer claims or by a change, so that it had nothing to say any more.
 */
export const jobStatuses = ['waiting', 'running', 'done', 'superseded', 'dead', 'discarded'] as const;
export type JobStatus = (typeof jobStatuses)[number];

/**
 * Where a job stands in the machinery, finer than its status. Waiting is `ready` (a worker may take it once it is due), `handed` (to Redis), `behind`
 * (another job of the same subject comes first) or `parked` (its lane was found paused).
 */
export type JobStage = 'ready' | 'handed' | 'behind' | 'parked' | 'running' | 'ended';

@Entity('jobs')
@Index('ix_jobs_stage', ['stage', 'priority', 'dueAt', 'id', 'kind'])
@Index('ix_jobs_status', ['status', 'createdAt', 'id', 'kind', 'identityProvider', 'code'])
@Index('ix_jobs_created_at', ['createdAt', 'id', 'kind', 'identityProvider'])
@Index('ix_jobs_subject_id', ['subjectId', 'createdAt', 'id'])
@Index('ix_jobs_login_id', ['loginId', 'createdAt', 'id'])
export class JobRow {
  @PrimaryIdColumn() id!: string;
  @TextColumn(32) kind!: string;
  @NumberColumn({ name: 'payload_version', default: 1 }) payloadVersion!: number;
  @IdColumn({ name: 'subject_id' }) subjectId!: string;
  /** Orders the jobs of a subject, and changes that overtake them. */
  @NumberColumn() sequence!: number;
  /** What is paused together, such as `idp:acme`. */
  @TextColumn(100) lane!: string;
  @IdColumn({ name: 'identity_provider_id' }) identityProviderId!: string;
  @TextColumn(63, { name: 'identity_provider' }) identityProvider!: string;
  @IdColumn({ name: 'login_id', nullable: true }) loginId!: string | null;
  @NumberColumn() priority!: number;
  @TextColumn(16) status!: JobStatus;
  @TextColumn(16) stage!: JobStage;
  /** When somebody has to look at it: a worker (`ready`), a sweeper because Redis may have lost it (`handed`) or its lease ran out (`running`). */
  @TimeColumn({ name: 'due_at' }) dueAt!: number;
  /** Sealed; null once the job has ended. */
  @LongTextColumn({ nullable: true }) payload!: string | null;
  /** How often it was begun. */
  @NumberColumn() attempts!: number;
  /** How many of its attempts count towards the limit of its kind: those that failed since somebody last asked for it. */
  @NumberColumn() tries!: number;
  /** Grows with each claim, and when somebody who was brought the job leaves it: a write under an older number comes from a worker that lost the job. */
  @NumberColumn() fence!: number;
  @TextColumn(100, { nullable: true }) worker!: string | null;
  /** Why it failed last. */
  @TextColumn(100, { nullable: true }) code!: string | null;
  @TextColumn(500, { nullable: true }) message!: string | null;
  /** W3C Trace Context: of the login that added it. */
  @TextColumn(55, { nullable: true }) traceparent!: string | null;
  @NumberColumn() version!: number;
  @TimeColumn({ name: 'created_at' }) createdAt!: number;
  @TimeColumn({ name: 'started_at', nullable: true }) startedAt!: number | null;
  @TimeColumn({ name: 'ended_at', nullable: true }) endedAt!: number | null;
}
