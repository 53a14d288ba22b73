import type { MigrationInterface, QueryRunner } from 'typeorm';
import { column, createTable } from '../table.js';

export class Users1764000000310 implements MigrationInterface {
  readonly name = 'Users1764000000310';

  async up(runner: QueryRunner): Promise<void> {
    await createTable(
      runner,
      'users',
      [
        column.primary(column.id('id')),
        column.text('user_store', 64),
        column.text('username', 255),
        column.text('username_key', 255),
        column.nullable(column.text('email', 320)),
        column.text('status', 16),
        column.flag('enabled'),
        column.flag('locked'),
        column.nullable(column.time('expires_at')),
        column.json('origins'),
        column.json('grants'),
        column.number('version'),
        column.time('created_at'),
        column.time('updated_at'),
      ],
      [
        { name: 'ux_users_username', columns: ['user_store', 'username_key'], unique: true },
        { name: 'ix_users_username_key', columns: ['username_key', 'id'] },
        { name: 'ix_users_email', columns: ['email', 'id'] },
        { name: 'ix_users_created_at', columns: ['created_at', 'id', 'enabled', 'locked', 'expires_at'] },
        { name: 'ix_users_user_store', columns: ['user_store', 'created_at', 'id'] },
      ],
    );
    await createTable(
      runner,
      'user_keys',
      [column.primary(column.id('user_id')), column.primary(column.text('name', 32)), column.text('value', 255)],
      [{ name: 'ix_user_keys_value', columns: ['value', 'name', 'user_id'] }],
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('user_keys');
    await runner.dropTable('users');
  }
}
