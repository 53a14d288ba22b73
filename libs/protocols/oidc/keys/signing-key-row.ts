import { Entity } from 'typeorm';
import { JsonColumn, LongTextColumn, PrimaryTextColumn, TextColumn, TimeColumn } from '@foyer/platform';
import type { PublicJwk } from './key-pair.js';

/**
 * A signing key and the times of its life. Its state follows from them and the clock ({@link stateOf}), so that every process moves on at the same
 * moment without anything being written.
 */
@Entity('signing_keys')
export class SigningKeyRow {
  /** The `kid`: the key's thumbprint (RFC 7638). */
  @PrimaryTextColumn(64) id!: string;
  @TextColumn(16) alg!: string;
  @JsonColumn({ name: 'public_key' }) publicKey!: PublicJwk;
  /** Sealed; gone when the key signs no more. */
  @LongTextColumn({ name: 'private_key', nullable: true }) privateKey!: string | null;
  @TimeColumn({ name: 'published_at' }) publishedAt!: number;
  @TimeColumn({ name: 'signs_from' }) signsFrom!: number;
  @TimeColumn({ name: 'signs_until', nullable: true }) signsUntil!: number | null;
  /** When the last token that it signed is worthless, and the public key may go. */
  @TimeColumn({ name: 'published_until', nullable: true }) publishedUntil!: number | null;
}

/** `pending`: published, does not sign yet. `active`: signs. `retired`: only verifies. `expired`: nothing that it signed is valid any more. */
export type SigningKeyState = 'pending' | 'active' | 'retired' | 'expired';

type Life = Pick<SigningKeyRow, 'signsFrom' | 'signsUntil' | 'publishedUntil'>;

export function stateOf(key: Life, now: number): SigningKeyState {
  if (key.publishedUntil !== null && now >= key.publishedUntil) return 'expired';
  if (key.signsUntil !== null && now >= key.signsUntil) return 'retired';
  return now >= key.signsFrom ? 'active' : 'pending';
}
