import type { MigrationInterface, QueryRunner } from 'typeorm';
import { column, createTable } from '../table.js';

export class AccountLinks1764000000320 implements MigrationInterface {
  readonly name = 'AccountLinks1764000000320';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(
      runner,
      'account_links',
      [
        column.primary(column.id('id')),
        column.text('link_key', 43),
        column.id('identity_provider_id'),
        column.text('identity_provider', 63),
        column.text('issuer', 512),
        column.text('subject', 255),
        column.id('user_id'),
        column.nullable(column.id('reserved_id')),
        column.text('status', 16),
        column.number('version'),
        column.time('created_at'),
        column.time('updated_at'),
      ],
      [
        { name: 'ux_account_links_link_key', columns: ['link_key'], unique: true },
        { name: 'ix_account_links_user_id', columns: ['user_id'] },
        { name: 'ix_account_links_subject', columns: ['subject', 'identity_provider'] },
        { name: 'ix_account_links_identity_provider', columns: ['identity_provider', 'status', 'user_id'] },
      ],
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('account_links');
  }
}
