import { Column, PrimaryColumn, type ColumnOptions } from 'typeorm';

/**
 * The column types that mean the same on SQLite and on MySQL/MariaDB. Entities use these decorators and migrations `table.ts`, so that
 * both databases get the same schema. Text is compared byte for byte: SQLite by default, MySQL because every table has a binary collation.
 */

/** The longest value of a JSON column in bytes: the limit of MySQL's `text`. */
export const maxJsonBytes = 65_535;

const json = {
  to: (value: unknown): unknown => (value === null || value === undefined ? value : encodeJson(value)),
  from: (value: unknown): unknown => (typeof value === 'string' ? JSON.parse(value) : value),
};

const time = {
  to: (value: unknown): unknown => value,
  from: (value: unknown): unknown => (value === null || value === undefined ? value : Number(value)),
};

const flag = {
  to: (value: unknown): unknown => value,
  from: (value: unknown): unknown => (value === null || value === undefined ? value : Boolean(value)),
};

/** JSON text that fits a column. @throws RangeError when it is longer than {@link maxJsonBytes} */
export function encodeJson(value: unknown): string {
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) > maxJsonBytes) throw new RangeError(`A stored JSON value is longer than ${maxJsonBytes} bytes`);
  return text;
}

/** An id minted by Foyer (36 characters). */
export const IdColumn = (options: ColumnOptions = {}): PropertyDecorator => Column({ ...options, type: 'varchar', length: 36 });
export const PrimaryIdColumn = (options: { name?: string } = {}): PropertyDecorator =>
  PrimaryColumn({ ...options, type: 'varchar', length: 36 });
export const PrimaryTextColumn = (length: number, options: { name?: string } = {}): PropertyDecorator =>
  PrimaryColumn({ ...options, type: 'varchar', length });
/** Text of at most `length` characters. */
export const TextColumn = (length: number, options: ColumnOptions = {}): PropertyDecorator =>
  Column({ ...options, type: 'varchar', length });
/** Longer text that is never searched, at most 65,535 bytes. */
export const LongTextColumn = (options: ColumnOptions = {}): PropertyDecorator => Column({ ...options, type: 'text' });
/** Any JSON value, at most {@link maxJsonBytes} bytes. */
export const JsonColumn = (options: ColumnOptions = {}): PropertyDecorator => Column({ ...options, type: 'text', transformer: json });
/** A point in time: milliseconds since the epoch. */
export const TimeColumn = (options: ColumnOptions = {}): PropertyDecorator => Column({ ...options, type: 'bigint', transformer: time });
export const NumberColumn = (options: ColumnOptions = {}): PropertyDecorator => Column({ ...options, type: 'int' });
export const FlagColumn = (options: ColumnOptions = {}): PropertyDecorator => Column({ ...options, type: 'boolean', transformer: flag });
