import type { MigrationInterface, QueryRunner, TableColumnOptions } from 'typeorm';
import { column, createTable } from '../table.js';

/**
 * The part of short-lived state that a cluster keeps in the database (`DatabaseState`). Read and written by its own statements: no entities.
 */
export class State1764000000020 implements MigrationInterface {
  readonly name = 'State1764000000020';

  async up(runner: QueryRunner): Promise<void> {
    const groups = ['group1', 'group2', 'group3', 'group4'];
    await createTable(
      runner,
      'state_entries',
      [
        column.primary(column.text('kind', 32)),
        column.primary(column.text('id', 512)),
        column.nullable(column.text('alias', 255)),
        largeText(runner, 'value'),
        column.number('version'),
        column.time('expires_at'),
        ...groups.map((group) => column.nullable(column.text(group, 255))),
      ],
      [
        { name: 'ux_state_entries_alias', columns: ['kind', 'alias'], unique: true },
        { name: 'ix_state_entries_expires_at', columns: ['expires_at'] },
        ...groups.map((group) => ({ name: `ix_state_entries_${group}`, columns: [group] })),
      ],
    );
    await createTable(
      runner,
      'state_counters',
      [column.primary(column.text('kind', 32)), column.primary(column.text('id', 512)), column.number('count'), column.time('expires_at')],
      [{ name: 'ix_state_counters_expires_at', columns: ['expires_at'] }],
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('state_counters');
    await runner.dropTable('state_entries');
  }
}

/** What an identity provider told of a person may be more than a `text` of MySQL holds. */
const largeText = (runner: QueryRunner, name: string): TableColumnOptions => ({
  name,
  type: runner.dataSource.options.type === 'mysql' ? 'mediumtext' : 'text',
});
