import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database, newId, systemClock } from '@foyer/platform';
import { schema } from '../../../ormconfig.js';
import { userStoreConformance } from '../conformance/user-store.conformance.js';
import { OwnDatabase } from './account-source.js';
import { OtherDatabase } from './other-database.js';
import { SqlStore } from './sql-store.js';

const settings = { enabled: true, readOnly: false };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foyer-sql-store-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

const ownDatabase = async (name: string): Promise<Database> => {
  const database = await Database.connect(`sqlite:${join(folder, name)}`, schema);
  await database.migrate();
  return database;
};
const otherDatabase = (file: string): OtherDatabase =>
  new OtherDatabase({ domain: 'CORP', url: `sqlite:${join(folder, file)}`, timeoutMs: 5_000, clock: systemClock });

userStoreConformance('sql in Foyer’s own SQLite', async () => {
  const database = await ownDatabase('own.db');
  const source = new OwnDatabase(database);
  return {
    store: new SqlStore({ ...settings, domain: 'PRIMARY' }, source),
    neighbour: new SqlStore({ ...settings, domain: 'CORP' }, source),
    transaction: (work) => database.transaction(work),
    close: () => database.close(),
  };
});

userStoreConformance('sql in another SQLite', async () => {
  const source = otherDatabase('other.db');
  const store = new SqlStore({ ...settings, domain: 'CORP' }, source);
  return { store, neighbour: new SqlStore({ ...settings, domain: 'SALES' }, source), close: () => store.close() };
});

const account = { userId: newId(), username: 'anna', enabled: true, attributes: {}, roles: [], groups: [] };

test('a read-only store reads and says what it cannot do', async () => {
  const source = otherDatabase('read-only.db');
  const writable = new SqlStore({ ...settings, domain: 'CORP' }, source);
  const password = await writable.preparePassword('correct horse');
  await writable.create({ ...account, password });
  const store = new SqlStore({ domain: 'CORP', enabled: true, readOnly: true, passwordRequired: true }, source);
  expect(store.capabilities).toEqual({
    ...{ readOnly: true, create: false, passwords: true, passwordRequired: true, roles: true, groups: true, transactional: false },
  });
  expect(await store.verifyPassword('anna', 'correct horse')).toEqual(account);
  const writes = [
    () => store.create({ ...account, userId: newId(), username: 'bo' }),
    () => store.update(account.userId, { enabled: false }),
    () => store.delete(account.userId),
    () => store.setPassword(account.userId, password),
  ];
  for (const write of writes) await expect(write()).rejects.toMatchObject({ code: 'store.readOnly', kind: 'conflict' });
  expect(await store.find(account.userId)).toEqual(account);
  await store.close();
});

test('a disabled store refuses', async () => {
  const store = new SqlStore({ domain: 'CORP', enabled: false, readOnly: false }, otherDatabase('disabled.db'));
  const calls = [
    () => store.find(account.userId),
    () => store.findMany([account.userId]),
    () => store.findByUsername('anna'),
    () => store.create(account),
    () => store.verifyPassword('anna', 'correct horse'),
  ];
  for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'store.disabled' });
  await store.close();
});

test('a store whose database cannot be opened is unavailable, and well again when it can', async () => {
  await writeFile(join(folder, 'broken.db'), 'this is no database, and long enough to be noticed as none: '.repeat(20));
  const store = new SqlStore({ ...settings, domain: 'CORP' }, otherDatabase('broken.db'));
  await expect(store.find(account.userId)).rejects.toMatchObject({ code: 'store.unavailable', kind: 'unavailable' });
  await expect(store.ping()).rejects.toMatchObject({ code: 'store.unavailable' });
  await rm(join(folder, 'broken.db'));
  await store.create(account);
  expect(await store.find(account.userId)).toEqual(account);
  await store.close();
});
