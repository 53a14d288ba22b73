import { Entity, Index } from 'typeorm';
import { IdColumn, JsonColumn, NumberColumn, PrimaryIdColumn, TextColumn, TimeColumn } from '@foyer/platform';
import type { JournalEntry } from './entry.js';

@Entity('journal_entries')
@Index('ix_journal_entries_created_at', ['createdAt', 'id', 'identityProvider', 'userStore', 'outcome', 'code', 'durationMs'])
@Index('ix_journal_entries_login_id', ['loginId'])
@Index('ix_journal_entries_user_id', ['userId', 'createdAt', 'id'])
@Index('ix_journal_entries_username', ['username', 'createdAt', 'id'])
export class JournalEntryRow implements JournalEntry {
  @PrimaryIdColumn() id!: string;
  @IdColumn({ name: 'login_id', nullable: true }) loginId!: string | null;
  @IdColumn({ name: 'identity_provider_id' }) identityProviderId!: string;
  @TextColumn(63, { name: 'identity_provider' }) identityProvider!: string;
  @TextColumn(255) subject!: string;
  @IdColumn({ name: 'user_id', nullable: true }) userId!: string | null;
  @TextColumn(64, { name: 'user_store', nullable: true }) userStore!: string | null;
  @TextColumn(255, { nullable: true }) username!: string | null;
  @TextColumn(16) outcome!: JournalEntry['outcome'];
  @TextColumn(100, { nullable: true }) code!: string | null;
  @JsonColumn() plan!: unknown;
  @JsonColumn({ name: 'before_values', nullable: true }) before!: Readonly<Record<string, unknown>> | null;
  @JsonColumn({ name: 'after_values', nullable: true }) after!: Readonly<Record<string, unknown>> | null;
  @NumberColumn({ name: 'duration_ms' }) durationMs!: number;
  @TimeColumn({ name: 'created_at' }) createdAt!: number;
}
