import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Jobs that were there before are of the first version of their payload. */
export class JobPayloadVersion1764000000360 implements MigrationInterface {
  readonly name = 'JobPayloadVersion1764000000360';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE jobs ADD COLUMN payload_version integer NOT NULL DEFAULT 1');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE jobs DROP COLUMN payload_version');
  }
}
