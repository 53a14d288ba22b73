import type { MigrationInterface, QueryRunner } from 'typeorm';
import { column, createTable } from '../table.js';

export class JobResumes1764000000370 implements MigrationInterface {
  readonly name = 'JobResumes1764000000370';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'job_resumes', [column.primary(column.text('lane', 100)), column.time('started_at')]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('job_resumes');
  }
}
