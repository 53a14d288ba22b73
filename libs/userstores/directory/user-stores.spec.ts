import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database, newId, SettingsRevision, systemClock, Vault } from '@foyer/platform';
import { schema } from '../../../ormconfig.js';
import { UserStoresSection } from '../settings/user-stores.section.js';
import { UserStores } from './user-stores.js';

const quiet = { warn: () => undefined, error: () => undefined };
let folder: string;
let database: Database;
let revision: SettingsRevision;
let section: UserStoresSection;
let stores: UserStores;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foyer-directory-'));
  const databaseUrl = `sqlite:${join(folder, 'foyer.db')}`;
  database = await Database.connect(databaseUrl, schema);
  await database.migrate();
  revision = new SettingsRevision(database, quiet);
  section = new UserStoresSection(new Vault(randomBytes(32)), { databaseUrl });
  stores = new UserStores(database, revision, section, systemClock, quiet);
  await stores.onModuleInit();
});

afterEach(async () => {
  await stores.onApplicationShutdown();
  await database.close();
  await rm(folder, { recursive: true });
});

const save = async (input: object): Promise<void> => {
  const settings = section.normalize(input, '');
  await revision.change(async (tx) => {
    const stored = (await section.list(tx)).find(({ name }) => name === settings.domain);
    await section.save(tx, settings, stored, systemClock.now());
  });
};

test('there is PRIMARY at first, whatever the case', () => {
  expect(stores.all().map(({ domain }) => domain)).toEqual(['PRIMARY']);
  expect(stores.find('primary')?.store.capabilities).toMatchObject({ transactional: true, readOnly: false });
  expect(stores.find('CORP')).toBeUndefined();
});

test('a change is followed, and what did not change stays the same', async () => {
  const primary = stores.find('PRIMARY');
  await save({ domain: 'CORP', type: 'sql', policy: { usernamePattern: '[a-z]+' } });
  const corp = stores.find('Corp');
  expect(corp?.policies.username('ANNA')).toMatchObject({ code: 'policy.username' });
  expect(stores.find('PRIMARY')).toBe(primary);
  await save({ domain: 'CORP', type: 'sql', enabled: false });
  expect(stores.find('CORP')).toMatchObject({ enabled: false });
  expect(stores.find('CORP')).not.toBe(corp);
  await revision.change(async (tx) => {
    const stored = (await section.list(tx)).find(({ name }) => name === 'CORP');
    if (stored) await section.remove(tx, stored);
  });
  expect(stores.find('CORP')).toBeUndefined();
});

test('a store in another database works, and one that is down stops nothing', async () => {
  await save({ domain: 'CORP', type: 'sql', sql: { url: `sqlite:${join(folder, 'corp.db')}` } });
  await save({ domain: 'DOWN', type: 'sql', sql: { url: 'mysql://nobody:x@127.0.0.1:1/none' } });
  const account = { userId: newId(), username: 'anna', enabled: true, attributes: {}, roles: [], groups: [] };
  const corp = stores.find('CORP')?.store;
  await corp?.create(account);
  expect(await corp?.find(account.userId)).toEqual(account);
  expect(corp?.capabilities.transactional).toBe(false);
  await expect(stores.find('DOWN')?.store.ping()).rejects.toMatchObject({ code: 'store.unavailable', kind: 'unavailable' });
  await stores.find('PRIMARY')?.store.ping();
});
