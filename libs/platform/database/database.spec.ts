import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { Database, isUniqueViolation } from './database.js';
import { schema } from '../../../ormconfig.js';
import { dataSourceOptions } from './options.js';
import { column, createTable } from './table.js';
import { testDatabase } from '../../../test/support/mariadb.js';

class Notes1764000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(
      runner,
      'notes',
      [column.primary(column.number('id')), column.text('word', 40)],
      [{ name: 'notes_word', columns: ['word'], unique: true }],
    );
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('notes');
  }
}

class Death extends Error {}

type MigrationClass = new () => MigrationInterface;
const migrationClasses = (): MigrationClass[] => Object.values(schema.migrations) as MigrationClass[];

/** A migration that dies after each step that no try before it has made. */
function dyingAfterNew(Migration: MigrationClass, done: Set<string>): MigrationClass {
  return class extends Migration {
    override up(runner: QueryRunner): Promise<unknown> {
      const query = async (...given: Parameters<QueryRunner['query']>): Promise<unknown> => {
        const result: unknown = await runner.query(...given);
        const isNew = !/^SELECT/i.test(given[0]) && !done.has(given[0]);
        done.add(given[0]);
        if (isNew) throw new Death(given[0]);
        return result;
      };
      return super.up(new Proxy(runner, { get: (target, name) => (name === 'query' ? query : (Reflect.get(target, name) as unknown)) }));
    }
  };
}

const folder = mkdtempSync(join(tmpdir(), 'foyer-database-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

const databases: [string, () => Promise<string>][] = [
  ['SQLite', async () => `sqlite:${join(folder, `${(files += 1)}.db`)}`],
  ['MariaDB', async () => (await testDatabase()).url],
];

test('describing a SQLite database leaves no trace; opening it makes a folder that is private', async () => {
  const data = join(folder, 'data');
  const url = `sqlite:${join(data, 'foyer.db')}`;
  expect(new DataSource(dataSourceOptions(url, schema)).isInitialized).toBe(false);
  expect(existsSync(data)).toBe(false);
  await (await Database.connect(url, schema)).close();
  expect(statSync(data).mode & 0o777).toBe(0o700);
});

describe.each(databases)('%s', (_name, freshUrl) => {
  describe('transactions', () => {
    let database: Database;
    const insert = (id: number, word: string) => database.transaction((tx) => tx.query('INSERT INTO notes VALUES (?, ?)', [id, word]));
    const words = async (): Promise<string[]> =>
      (await database.read.query<{ word: string }[]>('SELECT word FROM notes ORDER BY id')).map((row) => row.word);

    beforeAll(async () => {
      database = await Database.connect(await freshUrl(), { entities: [], migrations: [Notes1764000000001] });
      await database.migrate();
    });
    afterAll(async () => database.close());

    test('one that rolls back undoes its own writes and nothing of 50 that commit at the same time', async () => {
      const failing = database.transaction(async (tx) => {
        await tx.query('INSERT INTO notes VALUES (?, ?)', [1000, 'undone']);
        // Others get every chance to slip in between.
        for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        throw new Error('roll back');
      });
      const commits = Array.from({ length: 50 }, (_, id) => insert(id, `word ${id}`));
      await expect(failing).rejects.toThrow('roll back');
      await Promise.all(commits);
      expect(await words()).toEqual(Array.from({ length: 50 }, (_, id) => `word ${id}`));
    });

    test('a reader does not see what is not committed', async () => {
      const seen = await database.transaction(async (tx) => {
        await tx.query('INSERT INTO notes VALUES (?, ?)', [2000, 'in flight']);
        return words();
      });
      expect(seen).not.toContain('in flight');
      expect(await words()).toContain('in flight');
    });

    test('text is compared byte for byte: case, accents and the space at the end count', async () => {
      for (const [id, word] of ['anna', 'Anna', '\u00e1nna', 'a\u0301nna', 'anna '].entries()) await insert(3000 + id, word);
      const again: unknown = await insert(3010, 'anna').catch((error: unknown) => error);
      expect(isUniqueViolation(again)).toBe(true);
      const [row] = await database.read.query<{ n: number }[]>('SELECT COUNT(*) AS n FROM notes WHERE word = ?', ['ANNA']);
      expect(Number(row?.n)).toBe(0);
    });

    test('text that is too long for a MySQL column is refused there, never cut', async () => {
      if (database.dialect === 'sqlite') return expect(database.dialect).toBe('sqlite');
      await expect(insert(4000, 'x'.repeat(41))).rejects.toThrow(/too long/i);
    });
  });

  test("Foyer's schema goes up, equals the entities, goes down to nothing, and up again", async () => {
    const database = await Database.connect(await freshUrl(), schema);
    const all = (await database.migrate()).length;
    expect(all).toBeGreaterThan(0);
    expect(await database.schemaDifferences()).toEqual([]);
    expect(await database.migrate()).toEqual([]);
    for (let undone = 0; undone < all; undone += 1) await database.undoLastMigration();
    const tables =
      database.dialect === 'sqlite'
        ? "SELECT name AS name FROM sqlite_master WHERE type = 'table'"
        : 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()';
    const left = await database.read.query<{ name: string }[]>(tables);
    expect(
      left.map((table) => table.name).filter((name) => name !== 'migrations' && !name.startsWith('sqlite_') && name !== 'typeorm_metadata'),
    ).toEqual([]);
    expect((await database.migrate()).length).toBe(all);
    expect(await database.schemaDifferences()).toEqual([]);
    await database.close();
  });

  test("Foyer's schema goes up also when whoever brings it up dies after any of its steps", async () => {
    const url = await freshUrl();
    // TypeORM says there that a migration failed.
    const silenced = jest.spyOn(console, 'log').mockImplementation(() => undefined);
    const done = new Set<string>();
    const mortal = { ...schema, migrations: migrationClasses().map((migration) => dyingAfterNew(migration, done)) };
    let deaths = 0;
    for (let isUp = false; !isUp;) {
      const database = await Database.connect(url, mortal);
      isUp = await database.migrate().then(
        () => true,
        (error: unknown) => {
          if (!(error instanceof Death)) throw error;
          deaths += 1;
          return false;
        },
      );
      await database.close();
    }
    silenced.mockRestore();
    expect(deaths).toBeGreaterThan(50);
    const database = await Database.connect(url, schema);
    expect(await database.migrate()).toEqual([]);
    expect(await database.schemaDifferences()).toEqual([]);
    expect(await database.read.query('SELECT name FROM user_stores')).toEqual([{ name: 'PRIMARY' }]);
    expect(await database.read.query('SELECT id, revision FROM settings_revision')).toEqual([{ id: 1, revision: 0 }]);
    await database.close();
  }, 120_000);
});
