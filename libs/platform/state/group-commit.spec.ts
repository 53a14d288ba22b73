import { afterEach, beforeEach, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { GroupCommit } from './group-commit.js';

let database: Database.Database;
let commits: GroupCommit;
let statements: string[];
const insert = (word: string): Promise<number> => commits.write(() => database.prepare('INSERT INTO words VALUES (?)').run(word).changes);
const words = (): unknown[] => database.prepare('SELECT word FROM words ORDER BY rowid').pluck().all();

beforeEach(() => {
  statements = [];
  database = new Database(':memory:', { verbose: (sql) => statements.push(String(sql)) });
  database.exec('CREATE TABLE words (word TEXT PRIMARY KEY)');
  commits = new GroupCommit(database);
});
afterEach(() => {
  database.close();
});

test('writes of one turn share a commit, in the order in which they were asked for', async () => {
  expect(await Promise.all(['a', 'b', 'c'].map(insert))).toEqual([1, 1, 1]);
  expect(words()).toEqual(['a', 'b', 'c']);
  expect(statements.filter((sql) => sql === 'COMMIT')).toHaveLength(1);
  expect(database.inTransaction).toBe(false);
});

test('a write that fails is told so, and the others of its turn are committed', async () => {
  await insert('a');
  const [again, other] = await Promise.allSettled([insert('a'), insert('b')]);
  expect(again).toMatchObject({ status: 'rejected', reason: { code: 'SQLITE_CONSTRAINT_PRIMARYKEY' } });
  expect(other).toMatchObject({ status: 'fulfilled', value: 1 });
  expect(words()).toEqual(['a', 'b']);
});

test('when the commit fails, nobody is told that a write was done', async () => {
  database.pragma('foreign_keys = ON');
  database.exec(
    'CREATE TABLE owners (id INTEGER PRIMARY KEY); CREATE TABLE things (owner INTEGER REFERENCES owners DEFERRABLE INITIALLY DEFERRED)',
  );
  const orphan = commits.write(() => database.exec('INSERT INTO things VALUES (7)'));
  const settled = await Promise.allSettled([orphan, insert('a')]);
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(words()).toEqual([]);
  await insert('b');
  expect(words()).toEqual(['b']);
});

test('a flush writes what waits at once', async () => {
  const written = Promise.all([insert('a'), insert('b')]);
  commits.flush();
  expect(words()).toEqual(['a', 'b']);
  await written;
});
