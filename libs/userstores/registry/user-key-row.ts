import { Entity, Index } from 'typeorm';
import { PrimaryIdColumn, PrimaryTextColumn, TextColumn } from '@foyer/platform';
import type { SearchableKey } from './searchable-keys.js';

/** A value by which a user is found, whatever store has the account: a copy of an attribute, as it is compared. */
@Entity('user_keys')
@Index('ix_user_keys_value', ['value', 'name', 'userId'])
export class UserKeyRow {
  @PrimaryIdColumn({ name: 'user_id' }) userId!: string;
  @PrimaryTextColumn(32) name!: SearchableKey;
  @TextColumn(255) value!: string;
}
