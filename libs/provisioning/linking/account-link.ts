import { Entity, Index } from 'typeorm';
import { IdColumn, NumberColumn, PrimaryIdColumn, TextColumn, TimeColumn } from '@foyer/platform';

/**
 * `reserved`: the id is minted, no account is kept (yet). `active`: the id is that of an account. `named`: an administrator said that this identity
 * is of the account, and nobody has logged in by it yet. `tombstone`: the account was deleted in Foyer; the next login of that person starts afresh
 * under a new id.
 */
export type LinkStatus = 'reserved' | 'active' | 'named' | 'tombstone';

/** Who somebody is at an identity provider, and the id that Foyer minted for them: what applications see as `sub`. */
@Entity('account_links')
@Index('ux_account_links_link_key', ['linkKey'], { unique: true })
@Index('ix_account_links_user_id', ['userId'])
@Index('ix_account_links_subject', ['subject', 'identityProvider'])
@Index('ix_account_links_identity_provider', ['identityProvider', 'status', 'userId'])
export class AccountLink {
  @PrimaryIdColumn() id!: string;
  /** Decides who is who, see `linkKey`; MySQL could not index the three parts at their full lengths. */
  @TextColumn(43, { name: 'link_key' }) linkKey!: string;
  @IdColumn({ name: 'identity_provider_id' }) identityProviderId!: string;
  /** The provider's name, which never changes. */
  @TextColumn(63, { name: 'identity_provider' }) identityProvider!: string;
  @TextColumn(512) issuer!: string;
  @TextColumn(255) subject!: string;
  @IdColumn({ name: 'user_id' }) userId!: string;
  /** The id that the person had while they had no account, if it is another than the account's: what was kept under it is theirs, too. */
  @IdColumn({ name: 'reserved_id', nullable: true }) reservedId!: string | null;
  @TextColumn(16) status!: LinkStatus;
  /** Since when logins of this identity have left writing to jobs; null while none ever did. */
  @TimeColumn({ name: 'deferred_at', nullable: true }) deferredAt!: number | null;
  /** Counts changes: what a plan was decided on. */
  @NumberColumn() version!: number;
  @TimeColumn({ name: 'created_at' }) createdAt!: number;
  @TimeColumn({ name: 'updated_at' }) updatedAt!: number;
}
