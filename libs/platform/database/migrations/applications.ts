import type { MigrationInterface, QueryRunner } from 'typeorm';
import { column, createTable } from '../table.js';
import { settingsObjectColumns } from '../../site-settings/settings-object-columns.js';

export class Applications1764000000200 implements MigrationInterface {
  readonly name = 'Applications1764000000200';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(
      runner,
      'applications',
      [...settingsObjectColumns(), column.text('client_id', 128)],
      [
        { name: 'ux_applications_name', columns: ['name'], unique: true },
        { name: 'ux_applications_client_id', columns: ['client_id'], unique: true },
      ],
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('applications');
  }
}
