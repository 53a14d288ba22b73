import type { MigrationInterface, QueryRunner } from 'typeorm';
import { column, createTable } from '../table.js';

export class Journal1764000000330 implements MigrationInterface {
  readonly name = 'Journal1764000000330';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(
      runner,
      'journal_entries',
      [
        column.primary(column.id('id')),
        column.nullable(column.id('login_id')),
        column.id('identity_provider_id'),
        column.text('identity_provider', 63),
        column.text('subject', 255),
        column.nullable(column.id('user_id')),
        column.nullable(column.text('user_store', 64)),
        column.nullable(column.text('username', 255)),
        column.text('outcome', 16),
        column.nullable(column.text('code', 100)),
        column.json('plan'),
        column.nullable(column.json('before_values')),
        column.nullable(column.json('after_values')),
        column.number('duration_ms'),
        column.time('created_at'),
      ],
      [
        // All that a list is filtered and sorted by, so that counting and paging read this and not the plans.
        {
          name: 'ix_journal_entries_created_at',
          columns: ['created_at', 'id', 'identity_provider', 'user_store', 'outcome', 'code', 'duration_ms'],
        },
        { name: 'ix_journal_entries_login_id', columns: ['login_id'] },
        { name: 'ix_journal_entries_user_id', columns: ['user_id', 'created_at', 'id'] },
        { name: 'ix_journal_entries_username', columns: ['username', 'created_at', 'id'] },
      ],
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('journal_entries');
  }
}
