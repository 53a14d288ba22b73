import type { MigrationInterface, QueryRunner } from 'typeorm';
import { column, createTable } from '../table.js';

export class SigningKeys1764000000600 implements MigrationInterface {
  readonly name = 'SigningKeys1764000000600';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'signing_keys', [
      column.primary(column.text('id', 64)),
      column.text('alg', 16),
      column.json('public_key'),
      column.nullable(column.longText('private_key')),
      column.time('published_at'),
      column.time('signs_from'),
      column.nullable(column.time('signs_until')),
      column.nullable(column.time('published_until')),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('signing_keys');
  }
}
