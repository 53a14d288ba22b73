import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumn, column, dropColumn } from '../table.js';

/** Jobs that were there before are of the first version of their payload. */
export class JobPayloadVersion1764000000360 implements MigrationInterface {
  readonly name = 'JobPayloadVersion1764000000360';

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'jobs', { ...column.number('payload_version'), default: 1 });
  }

  async down(runner: QueryRunner): Promise<void> {
    await dropColumn(runner, 'jobs', 'payload_version');
  }
}
