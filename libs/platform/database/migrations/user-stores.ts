import { v7 } from 'uuid';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addRow, createTable } from '../table.js';
import { settingsObjectColumns } from '../../site-settings/settings-object-columns.js';

/** User stores, of which PRIMARY always exists. */
export class UserStores1764000000305 implements MigrationInterface {
  readonly name = 'UserStores1764000000305';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'user_stores', settingsObjectColumns(), [{ name: 'ux_user_stores_name', columns: ['name'], unique: true }]);
    const now = Date.now();
    await addRow(runner, 'user_stores', {
      id: v7(),
      name: 'PRIMARY',
      display_name: 'PRIMARY',
      enabled: 1,
      protocol: 'sql',
      config: '{"domain":"PRIMARY","type":"sql"}',
      secrets: '{}',
      version: 1,
      created_at: now,
      updated_at: now,
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('user_stores');
  }
}
