import { Entity } from 'typeorm';
import { PrimaryTextColumn, TimeColumn } from '@foyer/platform';

/** A lane that was resumed and of whose jobs some may still be put aside: whoever finds it goes on, if who resumed it is gone. */
@Entity('job_resumes')
export class JobResumeRow {
  @PrimaryTextColumn(100) lane!: string;
  @TimeColumn({ name: 'started_at' }) startedAt!: number;
}
