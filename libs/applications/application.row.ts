import { SettingsObjectRow, TextColumn } from '@foyer/platform';
import { Entity, Index } from 'typeorm';

@Entity('applications')
@Index('ux_applications_name', ['name'], { unique: true })
@Index('ux_applications_client_id', ['clientId'], { unique: true })
export class ApplicationRow extends SettingsObjectRow {
  @TextColumn(128, { name: 'client_id' }) clientId!: string;
}
