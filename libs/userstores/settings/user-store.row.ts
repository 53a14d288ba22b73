import { Entity, Index } from 'typeorm';
import { SettingsObjectRow } from '@foyer/platform';

/** A user store's settings: `name` is the domain, `protocol` the type. */
@Entity('user_stores')
@Index('ux_user_stores_name', ['name'], { unique: true })
export class UserStoreRow extends SettingsObjectRow {}
