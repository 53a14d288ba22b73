import { Entity, Index } from 'typeorm';
import { FlagColumn, JsonColumn, NumberColumn, PrimaryIdColumn, TextColumn, TimeColumn } from '@foyer/platform';
import type { MembershipGrants, RegisteredUser, ValueOrigin } from '../users.js';

@Entity('users')
@Index('ux_users_username', ['userStore', 'usernameKey'], { unique: true })
@Index('ix_users_username_key', ['usernameKey', 'id'])
@Index('ix_users_email', ['email', 'id'])
@Index('ix_users_created_at', ['createdAt', 'id', 'enabled', 'locked', 'expiresAt'])
@Index('ix_users_user_store', ['userStore', 'createdAt', 'id'])
export class UserRow {
  @PrimaryIdColumn() id!: string;
  @TextColumn(64, { name: 'user_store' }) userStore!: string;
  @TextColumn(255) username!: string;
  @TextColumn(255, { name: 'username_key' }) usernameKey!: string;
  @TextColumn(320, { nullable: true }) email!: string | null;
  @TextColumn(16) status!: RegisteredUser['status'];
  @FlagColumn() enabled!: boolean;
  @FlagColumn() locked!: boolean;
  @TimeColumn({ name: 'expires_at', nullable: true }) expiresAt!: number | null;
  @JsonColumn() origins!: Readonly<Record<string, ValueOrigin>>;
  @JsonColumn() grants!: MembershipGrants;
  @JsonColumn({ name: 'suspended_roles', nullable: true }) suspendedRoles!: readonly string[] | null;
  @NumberColumn() version!: number;
  @TimeColumn({ name: 'created_at' }) createdAt!: number;
  @TimeColumn({ name: 'updated_at' }) updatedAt!: number;
}
