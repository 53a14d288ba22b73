import { Entity } from 'typeorm';
import { PrimaryTextColumn, TextColumn, TimeColumn } from '@foyer/platform';

/** A lane whose jobs wait until an administrator resumes it. */
@Entity('job_pauses')
export class JobPauseRow {
  @PrimaryTextColumn(100) lane!: string;
  @TimeColumn({ name: 'paused_at' }) pausedAt!: number;
  @TextColumn(255, { name: 'paused_by' }) pausedBy!: string;
}
