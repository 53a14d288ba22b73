import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumn, column, dropColumn } from '../table.js';

/** What provisioning by jobs keeps with links and users. */
export class DeferredProvisioning1764000000700 implements MigrationInterface {
  readonly name = 'DeferredProvisioning1764000000700';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'account_links', column.time('deferred_at'));
    await addColumn(runner, 'users', column.json('suspended_roles'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropColumn(runner, 'users', 'suspended_roles');
    await dropColumn(runner, 'account_links', 'deferred_at');
  }
}
