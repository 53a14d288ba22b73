import type { MigrationInterface, QueryRunner } from 'typeorm';
import { column, createTable } from '../table.js';

export class Logins1764000000500 implements MigrationInterface {
  readonly name = 'Logins1764000000500';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(
      runner,
      'logins',
      [
        column.primary(column.id('id')),
        column.text('application', 63),
        column.nullable(column.text('identity_provider', 63)),
        column.text('outcome', 16),
        column.nullable(column.text('code', 100)),
        column.nullable(column.text('step', 32)),
        column.nullable(column.longText('detail')),
        column.nullable(column.id('subject')),
        column.nullable(column.id('user_id')),
        column.nullable(column.text('address', 45)),
        column.time('started_at'),
        column.time('finished_at'),
        column.number('duration_ms'),
      ],
      [
        // All that a list is filtered and sorted by, so that counting and paging read this and not the rows.
        {
          name: 'ix_logins_started_at',
          columns: ['started_at', 'id', 'application', 'identity_provider', 'outcome', 'step', 'address', 'duration_ms'],
        },
        { name: 'ix_logins_code', columns: ['code', 'started_at', 'id'] },
        { name: 'ix_logins_subject', columns: ['subject', 'started_at', 'id'] },
        { name: 'ix_logins_user_id', columns: ['user_id', 'started_at', 'id'] },
      ],
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('logins');
  }
}
