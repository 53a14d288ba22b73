import { expect, test } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Database, newId, systemClock, type Clock } from '@foyer/platform';
import { OtherDatabase, OwnDatabase, SqlStore } from '@foyer/userstores';
import { userStoreConformance } from '../../libs/userstores/conformance/user-store.conformance.js';
import { schema } from '../../ormconfig.js';
import { until } from '../e2e/site.js';
import { testDatabase } from '../support/mariadb.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const settings = { enabled: true, readOnly: false };
const anna = { userId: newId(), username: 'anna', enabled: true, attributes: {}, roles: [], groups: [] };

userStoreConformance('sql in Foyer’s own MariaDB', async () => {
  const database = await Database.connect((await testDatabase()).url, schema);
  await database.migrate();
  const source = new OwnDatabase(database);
  return {
    store: new SqlStore({ ...settings, domain: 'PRIMARY' }, source),
    neighbour: new SqlStore({ ...settings, domain: 'CORP' }, source),
    transaction: (work) => database.transaction(work),
    close: () => database.close(),
  };
});

userStoreConformance('sql in another MariaDB', async () => {
  const { url } = await testDatabase();
  const store = new SqlStore(
    { ...settings, domain: 'CORP' },
    new OtherDatabase({ domain: 'CORP', url, timeoutMs: 20_000, clock: systemClock }),
  );
  return { store, neighbour: new SqlStore({ ...settings, domain: 'SALES' }, source(url)), close: () => store.close() };
});

const source = (url: string, timeoutMs = 20_000, clock: Clock = systemClock): OtherDatabase =>
  new OtherDatabase({ domain: 'SALES', url, timeoutMs, clock });

/** A server that takes connections and never says a word. */
async function silentServer(): Promise<{ url: string; connections: () => number; close: () => void }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const close = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { url: `mysql://foyer:x@127.0.0.1:${(server.address() as AddressInfo).port}/corp`, connections: () => sockets.length, close };
}

test('a silent database is given up after the timeout, and left alone after some of them', async () => {
  const { url, connections, close } = await silentServer();
  let now = 1_000_000;
  const store = new SqlStore({ ...settings, domain: 'CORP' }, source(url, 100, { now: () => now }));
  const unavailable = { code: 'store.unavailable', kind: 'unavailable' };
  for (let attempt = 0; attempt < 5; attempt += 1) await expect(store.find(anna.userId)).rejects.toMatchObject(unavailable);
  const asked = connections();
  await expect(store.find(anna.userId)).rejects.toMatchObject({ ...unavailable, retryAfter: 10 });
  expect(connections()).toBe(asked);
  now += 10_000;
  await expect(store.find(anna.userId)).rejects.toMatchObject(unavailable);
  await expect(store.find(anna.userId)).rejects.toMatchObject({ ...unavailable, retryAfter: 10 });
  // The connection is given up, too.
  await until('it is connected to anew', async () => {
    now += 10_000;
    await expect(store.find(anna.userId)).rejects.toMatchObject(unavailable);
    return connections() > asked;
  });
  close();
  await store.close();
});

test('a database that is too slow for the first call is open for a later one', async () => {
  const { url } = await testDatabase();
  const wire = await TcpProxy.start({ host: '127.0.0.1', port: Number(new URL(url).port) });
  let now = 1_000_000;
  const store = new SqlStore({ ...settings, domain: 'CORP' }, source(wire.inFrontOf(url), 500, { now: () => (now += 10_000) }));
  wire.slowDown(60);
  await expect(store.find(anna.userId)).rejects.toMatchObject({ code: 'store.unavailable' });
  const found = async (): Promise<boolean> =>
    store.find(anna.userId).then(
      () => true,
      () => false,
    );
  await until('it is open', found);
  await store.close();
  await wire.close();
});

test('what is found settled waits for who is changing it, or making it', async () => {
  const { url } = await testDatabase();
  const store = new SqlStore({ ...settings, domain: 'CORP' }, source(url));
  await store.find(anna.userId);
  const other = await createConnection(url);
  for (const change of [
    `INSERT INTO accounts VALUES ('${anna.userId}', 'CORP', 'anna', 'anna', 1, '{"givenName":"Anna"}', NULL)`,
    `UPDATE accounts SET attributes = '{"givenName":"Ann"}'`,
  ]) {
    const before = await store.find(anna.userId);
    await other.query('START TRANSACTION');
    await other.query(change);
    const settled = store.findSettled(anna.userId);
    expect(await store.find(anna.userId)).toEqual(before);
    await other.query('COMMIT');
    const after = await store.find(anna.userId);
    expect(after).not.toEqual(before);
    expect(await settled).toEqual(after);
  }
  await other.end();
  await store.close();
});

test('of many first calls to a new database, all wait for its tables', async () => {
  const { url } = await testDatabase();
  const [one, other] = [
    new SqlStore({ ...settings, domain: 'CORP' }, source(url)),
    new SqlStore({ ...settings, domain: 'CORP' }, source(url)),
  ];
  await Promise.all(Array.from({ length: 10 }, () => one.find(anna.userId)));
  await one.create(anna);
  expect(await other.find(anna.userId)).toEqual(anna);
  await Promise.all([one.close(), other.close()]);
});
