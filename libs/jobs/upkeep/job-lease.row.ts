import { Entity } from 'typeorm';
import { PrimaryTextColumn, TextColumn, TimeColumn } from '@foyer/platform';

/** Work that one process does for all of them. */
@Entity('job_leases')
export class JobLeaseRow {
  @PrimaryTextColumn(32) name!: string;
  @TextColumn(100, { nullable: true }) holder!: string | null;
  @TimeColumn({ name: 'lease_until' }) leaseUntil!: number;
}
