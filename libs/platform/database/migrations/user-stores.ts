import { v7 } from 'uuid';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable } from '../table.js';
import { settingsObjectColumns } from '../../site-settings/settings-object-columns.js';

/** User stores, of which PRIMARY always exists. */
export class UserStores1764000000305 implements MigrationInterface {
  readonly name = 'UserStores1764000000305';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'user_stores', settingsObjectColumns(), [{ name: 'ux_user_stores_name', columns: ['name'], unique: true }]);
    const now = Date.now();
    await runner.query(
      `INSERT INTO user_stores (id, name, display_name, enabled, protocol, config, secrets, version, created_at, updated_at)
       VALUES (?, 'PRIMARY', 'PRIMARY', 1, 'sql', '{"domain":"PRIMARY","type":"sql"}', '{}', 1, ?, ?)`,
      [v7(), now, now],
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('user_stores');
  }
}
