import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addRow, column, createTable } from '../table.js';

export class Jobs1764000000350 implements MigrationInterface {
  readonly name = 'Jobs1764000000350';

  async up(runner: QueryRunner): Promise<void> {
    await createJobs(runner);
    await createTable(runner, 'job_attempts', [
      column.primary(column.id('job_id')),
      column.primary(column.number('number')),
      column.text('worker', 100),
      column.text('outcome', 16),
      column.nullable(column.text('code', 100)),
      column.nullable(column.text('message', 500)),
      column.nullable(column.json('plan')),
      column.time('started_at'),
      column.time('ended_at'),
    ]);
    await createTable(runner, 'job_subjects', [
      column.primary(column.id('subject_id')),
      column.number('issued'),
      column.number('applied'),
      column.json('open_jobs'),
    ]);
    await createTable(runner, 'job_pauses', [
      column.primary(column.text('lane', 100)),
      column.time('paused_at'),
      column.text('paused_by', 255),
    ]);
    await createTable(runner, 'job_leases', [
      column.primary(column.text('name', 32)),
      column.nullable(column.text('holder', 100)),
      column.time('lease_until'),
    ]);
    await addRow(runner, 'job_leases', { name: 'relay', holder: null, lease_until: 0 });
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['job_leases', 'job_pauses', 'job_subjects', 'job_attempts', 'jobs']) await runner.dropTable(table);
  }
}

function createJobs(runner: QueryRunner): Promise<void> {
  return createTable(
    runner,
    'jobs',
    [
      column.primary(column.id('id')),
      column.text('kind', 32),
      column.id('subject_id'),
      column.number('sequence'),
      column.text('lane', 100),
      column.id('identity_provider_id'),
      column.text('identity_provider', 63),
      column.nullable(column.id('login_id')),
      column.number('priority'),
      column.text('status', 16),
      column.text('stage', 16),
      column.time('due_at'),
      column.nullable(column.longText('payload')),
      column.number('attempts'),
      column.number('tries'),
      column.number('fence'),
      column.nullable(column.text('worker', 100)),
      column.nullable(column.text('code', 100)),
      column.nullable(column.text('message', 500)),
      column.nullable(column.text('traceparent', 55)),
      column.number('version'),
      column.time('created_at'),
      column.nullable(column.time('started_at')),
      column.nullable(column.time('ended_at')),
    ],
    [
      // What is to be done next, most urgent first, whoever asks: workers, relay or sweeper.
      { name: 'ix_jobs_stage', columns: ['stage', 'priority', 'due_at', 'id', 'kind'] },
      // All that a list is filtered and sorted by, so that counting and paging read this and not the payloads.
      { name: 'ix_jobs_status', columns: ['status', 'created_at', 'id', 'kind', 'identity_provider', 'code'] },
      { name: 'ix_jobs_created_at', columns: ['created_at', 'id', 'kind', 'identity_provider'] },
      { name: 'ix_jobs_subject_id', columns: ['subject_id', 'created_at', 'id'] },
      { name: 'ix_jobs_login_id', columns: ['login_id', 'created_at', 'id'] },
    ],
  );
}
