import { IdColumn, JsonColumn, NumberColumn, PrimaryIdColumn, TextColumn, TimeColumn } from '@foyer/platform';
import { Entity, Index } from 'typeorm';
import type { ConsentReceipt } from './receipt.js';

@Entity('consent_receipts')
@Index('ix_consent_receipts_latest', ['userId', 'purposeId', 'givenAt', 'id'])
@Index('ix_consent_receipts_given_at', ['givenAt', 'id', 'purpose', 'identityProvider', 'state'])
@Index('ix_consent_receipts_user_id', ['userId', 'givenAt', 'id'])
export class ConsentReceiptRow implements ConsentReceipt {
  @PrimaryIdColumn() id!: string;
  @IdColumn({ name: 'user_id' }) userId!: string;
  @IdColumn({ name: 'purpose_id' }) purposeId!: string;
  @TextColumn(63) purpose!: string;
  @NumberColumn() version!: number;
  @TextColumn(43, { nullable: true }) notice!: string | null;
  @IdColumn({ name: 'identity_provider_id' }) identityProviderId!: string;
  @TextColumn(63, { name: 'identity_provider' }) identityProvider!: string;
  @IdColumn({ name: 'login_id', nullable: true }) loginId!: string | null;
  @TextColumn(35) language!: string;
  @JsonColumn() accepted!: readonly string[];
  @JsonColumn() refused!: readonly string[];
  @TextColumn(16) state!: ConsentReceipt['state'];
  @TimeColumn({ name: 'given_at' }) givenAt!: number;
  @TimeColumn({ name: 'revoked_at', nullable: true }) revokedAt!: number | null;
}
