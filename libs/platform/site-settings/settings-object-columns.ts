import type { TableColumnOptions } from 'typeorm';
import { column } from '../database/table.js';

/** The columns of a table of named settings objects that are switched on and off and speak a protocol, the twins of `SettingsObjectRow`. */
export const settingsObjectColumns = (): TableColumnOptions[] => [
  ...namedSettingsColumns(),
  column.text('display_name', 255),
  column.flag('enabled'),
  column.text('protocol', 16),
];

/** The columns of every table of named settings objects, the twins of `NamedSettingsRow`. */
export const namedSettingsColumns = (): TableColumnOptions[] => [
  column.primary(column.id('id')),
  column.text('name', 63),
  column.json('config'),
  column.json('secrets'),
  column.number('version'),
  column.time('created_at'),
  column.time('updated_at'),
];
