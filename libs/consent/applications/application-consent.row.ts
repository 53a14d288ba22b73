import { IdColumn, JsonColumn, PrimaryIdColumn, TextColumn, TimeColumn } from '@foyer/platform';
import { Entity, Index } from 'typeorm';

/** What somebody agreed that an application learns, once. Kept as history: the latest of an application counts. */
@Entity('application_consents')
@Index('ix_application_consents_latest', ['subject', 'applicationId', 'givenAt', 'id'])
export class ApplicationConsentRow {
  @PrimaryIdColumn() id!: string;
  /** What the application knows the person by before any pairwise identifier: the id of the user or of the link. */
  @IdColumn() subject!: string;
  @IdColumn({ name: 'application_id' }) applicationId!: string;
  /** The application's name. */
  @TextColumn(63) application!: string;
  @JsonColumn() claims!: readonly string[];
  @TimeColumn({ name: 'given_at' }) givenAt!: number;
  @TimeColumn({ name: 'revoked_at', nullable: true }) revokedAt!: number | null;
}
