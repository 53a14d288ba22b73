import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database, FoyerError, newId, toPlain, Vault } from '@foyer/platform';
import { schema } from '../../../ormconfig.js';
import { SqlUserRegistry } from '../registry/sql-user-registry.js';
import { UserStoresSection } from './user-stores.section.js';

const now = 1_760_000_000_000;
let folder: string;
let database: Database;
let section: UserStoresSection;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foyer-user-stores-'));
  const databaseUrl = `sqlite:${join(folder, 'foyer.db')}`;
  database = await Database.connect(databaseUrl, schema);
  await database.migrate();
  section = new UserStoresSection(new Vault(randomBytes(32)), { databaseUrl });
});

afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

const faultsOf = (input: unknown): Record<string, string> => {
  try {
    section.normalize(input, 'userStores[1]');
  } catch (error) {
    if (error instanceof FoyerError) return Object.fromEntries(error.faults.map(({ path, code }) => [path, code]));
  }
  return {};
};

test('defaults are filled in, the domain is upper case, the password leaves the address', () => {
  expect(toPlain(section.normalize({ domain: 'corp', type: 'sql' }, ''))).toEqual({
    ...{ domain: 'CORP', type: 'sql', enabled: true, readOnly: false, passwordRequired: false, policy: {} },
  });
  const other = {
    domain: 'CORP',
    type: 'sql',
    sql: { url: 'mysql://foyer:p%40ss@db.example:3307/corp' },
    policy: { UsernameJavaRegEx: '[a-z]+' },
  };
  expect(toPlain(section.normalize(other, ''))).toEqual({
    ...{ domain: 'CORP', type: 'sql', enabled: true, readOnly: false, passwordRequired: false, policy: { usernamePattern: '[a-z]+' } },
    sql: { url: 'mysql://foyer@db.example:3307/corp', password: 'p@ss', timeoutMs: 5_000 },
  });
});

test.each([
  ['an unknown key', { domain: 'CORP', type: 'sql', more: 1 }, { 'userStores[1].more': 'key.unknown' }],
  [
    'what is not built yet',
    { domain: 'CORP', type: 'ldap', ldap: {} },
    { 'userStores[1].type': 'settings.notSupported', 'userStores[1].ldap': 'settings.notSupported' },
  ],
  ['a domain with a slash', { domain: 'A/B', type: 'sql' }, { 'userStores[1].domain': 'value.invalid' }],
  ['no type', { domain: 'CORP' }, { 'userStores[1].type': 'value.missing' }],
  [
    'an address of another kind',
    { domain: 'CORP', type: 'sql', sql: { url: 'postgres://a/b' } },
    { 'userStores[1].sql.url': 'value.invalid' },
  ],
  ['a database in memory', { domain: 'CORP', type: 'sql', sql: { url: 'sqlite::memory:' } }, { 'userStores[1].sql.url': 'value.invalid' }],
  [
    'an address without database',
    { domain: 'CORP', type: 'sql', sql: { url: 'mysql://db' } },
    { 'userStores[1].sql.url': 'value.invalid' },
  ],
  [
    'two passwords',
    { domain: 'CORP', type: 'sql', sql: { url: 'mysql://u:p@db/x', password: 'q' } },
    { 'userStores[1].sql.password': 'value.ambiguous' },
  ],
  [
    'a masked password in the address',
    { domain: 'CORP', type: 'sql', sql: { url: 'mysql://u:***@db/x' } },
    { 'userStores[1].sql.url': 'secret.missing' },
  ],
  [
    'a timeout as text',
    { domain: 'CORP', type: 'sql', sql: { url: 'mysql://db/x', timeoutMs: '5' } },
    { 'userStores[1].sql.timeoutMs': 'type.wrong' },
  ],
  [
    'a hostile pattern',
    { domain: 'CORP', type: 'sql', policy: { passwordPattern: '(a)\\1' } },
    { 'userStores[1].policy.passwordPattern': 'pattern.invalid' },
  ],
  [
    'a password that cannot be generated',
    { domain: 'CORP', type: 'sql', passwordRequired: true, policy: { passwordPattern: '.*пароль.*' } },
    { 'userStores[1].passwordRequired': 'password.cannotGenerate' },
  ],
  [
    'PRIMARY out of reach',
    { domain: 'primary', type: 'sql', enabled: false, readOnly: true, sql: { url: 'mysql://db/x' } },
    { 'userStores[1].enabled': 'store.primary', 'userStores[1].readOnly': 'store.primary', 'userStores[1].sql': 'store.primary' },
  ],
])('%s is refused', (_, input, faults) => {
  expect(faultsOf(input)).toEqual(faults);
});

test("Foyer's own database under its address is refused", () => {
  expect(faultsOf({ domain: 'CORP', type: 'sql', sql: { url: `sqlite:${folder}/./foyer.db` } })).toEqual({
    'userStores[1].sql.url': 'value.invalid',
  });
  expect(faultsOf({ domain: 'CORP', type: 'sql', sql: { url: `sqlite:${folder}/corp.db` } })).toEqual({});
});

test('a stored secret that is not mentioned is kept where an address may need it', () => {
  const keeps = (sql: unknown): boolean | undefined => section.secrets[0]?.appliesTo?.({ sql });
  expect(keeps({ url: 'mysql://foyer@db/x' })).toBe(true);
  expect(keeps({ url: 'mysql://foyer:new@db/x' })).toBe(false);
  expect(keeps({ url: 'sqlite:corp.db' })).toBe(false);
  expect(keeps(undefined)).toBe(false);
});

test('PRIMARY exists from the first migration on, and is permanent', async () => {
  const [primary, ...others] = await section.list(database.read);
  expect(others).toEqual([]);
  expect(primary).toMatchObject({ name: 'PRIMARY', version: 1 });
  expect(toPlain(primary?.settings ?? {})).toEqual({
    domain: 'PRIMARY',
    type: 'sql',
    enabled: true,
    readOnly: false,
    passwordRequired: false,
    policy: {},
  });
  expect(section.permanent('Primary')).toBe(true);
  expect(section.permanent('CORP')).toBe(false);
});

const stored = async (domain: string): Promise<Awaited<ReturnType<typeof section.list>>[number]> => {
  const found = (await section.list(database.read)).find(({ name }) => name === domain);
  if (!found) throw new Error(`no ${domain}`);
  return found;
};

test('a password is sealed at rest and read back', async () => {
  const settings = section.normalize({ domain: 'OUTSIDE', type: 'sql', sql: { url: 'mysql://foyer@db/x', password: 'hunter2!' } }, '');
  await database.transaction((tx) => section.save(tx, settings, undefined, now));
  expect(JSON.stringify(await database.read.query('SELECT * FROM user_stores'))).not.toContain('hunter2');
  expect((await stored('OUTSIDE')).settings).toEqual(settings);
});

test('a store with users cannot go, nor move between databases; an empty one can', async () => {
  await database.transaction((tx) => section.save(tx, section.normalize({ domain: 'CORP', type: 'sql' }, ''), undefined, now));
  const corp = await stored('CORP');
  const elsewhere = section.normalize({ domain: 'CORP', type: 'sql', sql: { url: `sqlite:${folder}/corp.db` } }, '');
  const user = { id: newId(), userStore: 'CORP', username: 'anna', status: 'active', enabled: true, origins: {}, createdAt: now } as const;
  await database.transaction((tx) => new SqlUserRegistry().insert(tx, user));
  await expect(database.transaction((tx) => section.remove(tx, corp))).rejects.toMatchObject({ code: 'store.inUse', kind: 'conflict' });
  await expect(database.transaction((tx) => section.save(tx, elsewhere, corp, now))).rejects.toMatchObject({ code: 'store.inUse' });
  await database.transaction((tx) => new SqlUserRegistry().remove(tx, user.id));
  await database.transaction((tx) => section.save(tx, elsewhere, corp, now));
  await database.transaction(async (tx) => section.remove(tx, await stored('CORP')));
  await expect(stored('CORP')).rejects.toThrow('no CORP');
});
