import { createConnection, type Connection } from 'mysql2/promise';
import type { QueryRunner } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { Database, databaseFault, type ConnectionLimits, type Schema } from '@foyer/platform';
import { until } from '../e2e/site.js';
import { testDatabase } from '../support/mariadb.js';
import { TcpProxy } from '../support/tcp-proxy.js';

jest.setTimeout(60_000);

const limits: ConnectionLimits = { silenceMs: 300, lockWaitSeconds: 1, idleTransactionSeconds: 1 };
const increment = 'UPDATE counters SET value = value + 1 WHERE id = 1';
const patient = { ...limits, silenceMs: 30_000 };
let url: string;
let proxy: TcpProxy;
const opened: Database[] = [];

const connect = async (to: string, within: ConnectionLimits, schema: Schema = { entities: [], migrations: [] }): Promise<Database> => {
  const database = await Database.connect(to, schema, within);
  opened.push(database);
  return database;
};
const faultOf = (attempt: Promise<unknown>): Promise<unknown> => attempt.then(() => 'none', databaseFault);

beforeAll(async () => {
  ({ url } = await testDatabase());
  const { hostname, port } = new URL(url);
  proxy = await TcpProxy.start({ host: hostname, port: Number(port) });
});
afterAll(() => proxy.close());

let byHand: Connection;
beforeEach(async () => {
  byHand = await createConnection(url);
  await byHand.query('CREATE OR REPLACE TABLE counters (id INT PRIMARY KEY, value INT NOT NULL) ENGINE = InnoDB');
  await byHand.query('INSERT INTO counters VALUES (1, 0)');
});
afterEach(async () => {
  proxy.mend();
  await byHand.end();
  for (const database of opened.splice(0)) await database.close();
});

const counted = async (): Promise<unknown> => (await byHand.query('SELECT value FROM counters'))[0];

test('whoever waits for a database that says nothing any more is told so, and the next connection is another one', async () => {
  const database = await connect(proxy.inFrontOf(url), limits);
  proxy.silence();
  const attempts = [
    database.read.query('SELECT 1'),
    database.write(increment, []),
    ...Array.from({ length: 3 }, () => database.transaction((tx) => tx.query(increment))),
  ];
  const faults = await Promise.all(attempts.map(faultOf));
  expect(faults).toEqual(attempts.map(() => expect.objectContaining({ kind: 'unavailable', code: 'database.unavailable' })));
  proxy.mend();
  await database.transaction((tx) => tx.query(increment));
  expect(await counted()).toEqual([{ value: 1 }]);
});

test('a statement that takes its time is not silence as long as something comes', async () => {
  const database = await connect(proxy.inFrontOf(url), limits);
  // Rows come one by one, for longer than silence may last.
  const rows = await database.read.query<unknown[]>('SELECT seq, SLEEP(0.1), REPEAT("x", 20000) FROM seq_1_to_8');
  expect(rows).toHaveLength(8);
});

test('a change of the schema may be as silent as it likes, and nothing else', async () => {
  class Slow1764000000000 {
    up = (runner: QueryRunner): Promise<unknown> => runner.query('SELECT SLEEP(1)');
    down = async (): Promise<void> => undefined;
  }
  const database = await connect(url, limits, { entities: [], migrations: [Slow1764000000000] });
  expect(await database.migrate()).toEqual(['Slow1764000000000']);
  expect(await faultOf(database.read.query('SELECT SLEEP(1)'))).toMatchObject({ code: 'database.unavailable' });
});

test('a row that another transaction holds is asked for three times, and got when it is let go', async () => {
  const database = await connect(url, patient);
  await byHand.query('START TRANSACTION');
  await byHand.query('SELECT * FROM counters FOR UPDATE');
  let tries = 0;
  await database.transaction(async (tx) => {
    tries += 1;
    if (tries === 3) await byHand.query('ROLLBACK');
    await tx.query(increment);
  });
  expect(tries).toBe(3);
  expect(await counted()).toEqual([{ value: 1 }]);
});

test('who does not get it is told to try again', async () => {
  const database = await connect(url, patient);
  await byHand.query('START TRANSACTION');
  await byHand.query('SELECT * FROM counters FOR UPDATE');
  expect(await faultOf(database.write(increment, []))).toMatchObject({ kind: 'unavailable', code: 'database.contended' });
  await byHand.query('ROLLBACK');
  expect(await counted()).toEqual([{ value: 0 }]);
});

test('what a server holds that nobody hears of any more is free again before long', async () => {
  const [lost, other] = [await connect(proxy.inFrontOf(url), patient), await connect(url, patient)];
  let locked = false;
  let hold = (): void => undefined;
  const held = lost.transaction(async (tx) => {
    await tx.query(increment);
    locked = true;
    await new Promise<void>((resolve) => (hold = resolve));
  });
  const ended = faultOf(held);
  await until('the row is locked', () => locked);
  proxy.silence();
  await other.transaction((tx) => tx.query(increment));
  expect(await counted()).toEqual([{ value: 1 }]);
  proxy.mend();
  hold();
  expect(await ended).toMatchObject({ code: 'database.unavailable' });
});
