import { JsonColumn, NumberColumn, PrimaryTextColumn, TextColumn, TimeColumn } from '@foyer/platform';
import { Entity } from 'typeorm';
import type { Notice } from './purpose.js';

@Entity('consent_notices')
export class NoticeRow {
  /** The hash of the content. */
  @PrimaryTextColumn(43) id!: string;
  @TextColumn(63) purpose!: string;
  @NumberColumn() version!: number;
  @JsonColumn() content!: Notice;
  @TimeColumn({ name: 'created_at' }) createdAt!: number;
}
