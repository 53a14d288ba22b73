import type { MigrationInterface, QueryRunner } from 'typeorm';
import { column, createTable } from '../table.js';

/** The tables of `sql` user stores: in Foyer's own database, and in any other one that a store lives in. */
export class Accounts1764000000300 implements MigrationInterface {
  readonly name = 'Accounts1764000000300';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(
      runner,
      'accounts',
      [
        column.primary(column.id('user_id')),
        column.text('domain', 64),
        column.text('username', 255),
        column.text('username_key', 255),
        column.flag('enabled'),
        column.json('attributes'),
        column.nullable(column.text('password_hash', 255)),
      ],
      [{ name: 'ux_accounts_username', columns: ['domain', 'username_key'], unique: true }],
    );
    await createTable(
      runner,
      'account_memberships',
      [column.primary(column.id('user_id')), column.primary(column.text('kind', 8)), column.primary(column.text('name', 255))],
      [{ name: 'ix_account_memberships_name', columns: ['kind', 'name'] }],
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('account_memberships');
    await runner.dropTable('accounts');
  }
}
