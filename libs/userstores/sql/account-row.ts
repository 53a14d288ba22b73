import { Entity, Index } from 'typeorm';
import { FlagColumn, JsonColumn, PrimaryIdColumn, PrimaryTextColumn, TextColumn, type Attributes } from '@foyer/platform';

/** An account of an `sql` store. Several stores may share the tables, in Foyer's own database or in another. */
@Entity('accounts')
@Index('ux_accounts_username', ['domain', 'usernameKey'], { unique: true })
export class AccountRow {
  @PrimaryIdColumn({ name: 'user_id' }) userId!: string;
  @TextColumn(64) domain!: string;
  @TextColumn(255) username!: string;
  @TextColumn(255, { name: 'username_key' }) usernameKey!: string;
  @FlagColumn() enabled!: boolean;
  @JsonColumn() attributes!: Attributes;
  @TextColumn(255, { name: 'password_hash', nullable: true }) passwordHash!: string | null;
}

/** A role or a group that an account has. */
@Entity('account_memberships')
@Index('ix_account_memberships_name', ['kind', 'name'])
export class AccountMembershipRow {
  @PrimaryIdColumn({ name: 'user_id' }) userId!: string;
  @PrimaryTextColumn(8) kind!: 'role' | 'group';
  @PrimaryTextColumn(255) name!: string;
}
