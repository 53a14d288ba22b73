import { Entity, PrimaryColumn } from 'typeorm';
import { JsonColumn, PrimaryIdColumn, TextColumn, TimeColumn } from '@foyer/platform';

/** `lost`: its worker was not heard of any more. `returned`: its worker gave it back, because it stops or cannot read it. */
export const attemptOutcomes = ['done', 'failed', 'superseded', 'lost', 'returned'] as const;
export type AttemptOutcome = (typeof attemptOutcomes)[number];

/** One attempt at a job that ended, however it did. */
@Entity('job_attempts')
export class JobAttemptRow {
  @PrimaryIdColumn({ name: 'job_id' }) jobId!: string;
  @PrimaryColumn({ type: 'int' }) number!: number;
  @TextColumn(100) worker!: string;
  @TextColumn(16) outcome!: AttemptOutcome;
  @TextColumn(100, { nullable: true }) code!: string | null;
  @TextColumn(500, { nullable: true }) message!: string | null;
  /** What the handler noted of its plan. */
  @JsonColumn({ nullable: true }) plan!: unknown;
  @TimeColumn({ name: 'started_at' }) startedAt!: number;
  @TimeColumn({ name: 'ended_at' }) endedAt!: number;
}
