import { afterAll } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { randomBytes } from 'node:crypto';
import { startMariadb } from './mariadb-server.mjs';

/** An empty database on a real MariaDB, for one test file. */
export interface TestDatabase {
  /** `mysql://…`, with the right to do anything in it. */
  readonly url: string;
  drop(): Promise<void>;
}

/** Set by `npm test`, which starts one server for all. Without it (one spec, run by hand) the spec starts its own. */
const shared = process.env['FOYER_TEST_MYSQL_URL'];

let own: ReturnType<typeof startMariadb> | undefined;
const open = new Set<TestDatabase>();

afterAll(async () => {
  for (const database of open) await database.drop();
  const server = await own;
  await server?.stop();
});

async function serverUrl(): Promise<string> {
  if (shared) return shared;
  own ??= startMariadb();
  return (await own).url;
}

/** Creates a fresh, empty database. It is dropped at the end of the test file, if not before. */
export async function testDatabase(): Promise<TestDatabase> {
  const server = await serverUrl();
  const name = `foyer_${randomBytes(6).toString('hex')}`;
  const run = async (statement: string) => {
    const connection = await createConnection(server);
    await connection.query(statement);
    await connection.end();
  };
  await run(`CREATE DATABASE ${name}`);
  const database: TestDatabase = {
    url: new URL(name, server).href,
    drop: async () => {
      open.delete(database);
      await run(`DROP DATABASE IF EXISTS ${name}`);
    },
  };
  open.add(database);
  return database;
}
