import { NamedSettingsRow } from '@foyer/platform';
import { Entity, Index } from 'typeorm';

@Entity('consent_purposes')
@Index('ux_consent_purposes_name', ['name'], { unique: true })
export class ConsentPurposeRow extends NamedSettingsRow {}
