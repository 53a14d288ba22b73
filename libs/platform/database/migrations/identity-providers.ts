import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable } from '../table.js';
import { settingsObjectColumns } from '../../site-settings/settings-object-columns.js';

export class IdentityProviders1764000000100 implements MigrationInterface {
  readonly name = 'IdentityProviders1764000000100';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'identity_providers', settingsObjectColumns(), [
      { name: 'ux_identity_providers_name', columns: ['name'], unique: true },
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('identity_providers');
  }
}
