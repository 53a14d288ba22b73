import { Entity, Index } from 'typeorm';
import { IdColumn, LongTextColumn, NumberColumn, PrimaryIdColumn, TextColumn, TimeColumn } from '@foyer/platform';

/** A login that has ended, for administrators. */
@Entity('logins')
@Index('ix_logins_started_at', [...['startedAt', 'id', 'application', 'identityProvider', 'outcome', 'step', 'address', 'durationMs']])
@Index('ix_logins_code', ['code', 'startedAt', 'id'])
@Index('ix_logins_subject', ['subject', 'startedAt', 'id'])
@Index('ix_logins_user_id', ['userId', 'startedAt', 'id'])
export class LoginRow {
  @PrimaryIdColumn() id!: string;
  @TextColumn(63) application!: string;
  /** The name of the identity provider; null for a local login, or when none was chosen. */
  @TextColumn(63, { name: 'identity_provider', nullable: true }) identityProvider!: string | null;
  @TextColumn(16) outcome!: 'answered' | 'denied' | 'failed' | 'expired';
  /** Why it was denied or failed. */
  @TextColumn(100, { nullable: true }) code!: string | null;
  /** The step at which it ended, unless it was answered. */
  @TextColumn(32, { nullable: true }) step!: string | null;
  /** The cause, for administrators. */
  @LongTextColumn({ nullable: true }) detail!: string | null;
  /** What applications see as `sub`. */
  @IdColumn({ nullable: true }) subject!: string | null;
  /** The same, when it is an account. */
  @IdColumn({ name: 'user_id', nullable: true }) userId!: string | null;
  @TextColumn(45, { nullable: true }) address!: string | null;
  @TimeColumn({ name: 'started_at' }) startedAt!: number;
  @TimeColumn({ name: 'finished_at' }) finishedAt!: number;
  @NumberColumn({ name: 'duration_ms' }) durationMs!: number;
}
