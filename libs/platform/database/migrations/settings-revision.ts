import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addRow, column, createTable } from '../table.js';

export class SettingsRevision1764000000000 implements MigrationInterface {
  readonly name = 'SettingsRevision1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'settings_revision', [column.primary(column.number('id')), column.number('revision')]);
    await addRow(runner, 'settings_revision', { id: 1, revision: 0 });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('settings_revision');
  }
}
