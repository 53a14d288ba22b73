import { FlagColumn, JsonColumn, NumberColumn, PrimaryIdColumn, TextColumn, TimeColumn } from '../database/columns.js';

/** A row of a table of named settings objects. What lists filter and sort by has columns of its own; the rest is read from `config`. */
export abstract class NamedSettingsRow {
  @PrimaryIdColumn() id!: string;
  @TextColumn(63) name!: string;
  /** The settings without secrets. */
  @JsonColumn() config!: unknown;
  /** Sealed secrets by their paths. */
  @JsonColumn() secrets!: unknown;
  @NumberColumn() version!: number;
  @TimeColumn({ name: 'created_at' }) createdAt!: number;
  @TimeColumn({ name: 'updated_at' }) updatedAt!: number;
}

/** One that is switched on and off and speaks a protocol. */
export abstract class SettingsObjectRow extends NamedSettingsRow {
  @TextColumn(255, { name: 'display_name' }) displayName!: string;
  @FlagColumn() enabled!: boolean;
  @TextColumn(16) protocol!: string;
}
