import { SettingsObjectRow } from '@foyer/platform';
import { Entity, Index } from 'typeorm';

@Entity('identity_providers')
@Index('ux_identity_providers_name', ['name'], { unique: true })
export class IdentityProviderRow extends SettingsObjectRow {}
