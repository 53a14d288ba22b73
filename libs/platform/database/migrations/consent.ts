import type { MigrationInterface, QueryRunner } from 'typeorm';
import { column, createTable } from '../table.js';
import { namedSettingsColumns } from '../../site-settings/settings-object-columns.js';

export class Consent1764000000340 implements MigrationInterface {
  readonly name = 'Consent1764000000340';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'consent_purposes', namedSettingsColumns(), [
      { name: 'ux_consent_purposes_name', columns: ['name'], unique: true },
    ]);
    await createTable(runner, 'consent_notices', [
      column.primary(column.text('id', 43)),
      column.text('purpose', 63),
      column.number('version'),
      column.json('content'),
      column.time('created_at'),
    ]);
    await createReceipts(runner);
    await createTable(
      runner,
      'application_consents',
      [
        column.primary(column.id('id')),
        column.id('subject'),
        column.id('application_id'),
        column.text('application', 63),
        column.json('claims'),
        column.time('given_at'),
        column.nullable(column.time('revoked_at')),
      ],
      [{ name: 'ix_application_consents_latest', columns: ['subject', 'application_id', 'given_at', 'id'] }],
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['application_consents', 'consent_receipts', 'consent_notices', 'consent_purposes']) await runner.dropTable(table);
  }
}

function createReceipts(runner: QueryRunner): Promise<void> {
  return createTable(
    runner,
    'consent_receipts',
    [
      column.primary(column.id('id')),
      column.id('user_id'),
      column.id('purpose_id'),
      column.text('purpose', 63),
      column.number('version'),
      column.nullable(column.text('notice', 43)),
      column.id('identity_provider_id'),
      column.text('identity_provider', 63),
      column.nullable(column.id('login_id')),
      column.text('language', 35),
      column.json('accepted'),
      column.json('refused'),
      column.text('state', 16),
      column.time('given_at'),
      column.nullable(column.time('revoked_at')),
    ],
    [
      { name: 'ix_consent_receipts_latest', columns: ['user_id', 'purpose_id', 'given_at', 'id'] },
      { name: 'ix_consent_receipts_user_id', columns: ['user_id', 'given_at', 'id'] },
      // All that a list is filtered and sorted by, so that counting and paging read this and not the rows.
      { name: 'ix_consent_receipts_given_at', columns: ['given_at', 'id', 'purpose', 'identity_provider', 'state'] },
    ],
  );
}
