import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database, newId } from '@foyer/platform';
import { schema } from '../../../ormconfig.js';
import type { MatchableAttribute, NewRegisteredUser } from '../contract.js';
import { searchableEmail } from './searchable-email.js';
import { SqlUserRegistry } from './sql-user-registry.js';

const registry = new SqlUserRegistry();
const now = 1_760_000_000_000;
let folder: string;
let database: Database;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foyer-registry-'));
  database = await Database.connect(`sqlite:${join(folder, 'foyer.db')}`, schema);
  await database.migrate();
});

afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

const someone = (username: string, more: Partial<NewRegisteredUser> = {}): NewRegisteredUser => ({
  id: newId(),
  userStore: 'PRIMARY',
  username,
  status: 'creating',
  enabled: true,
  origins: { givenName: { by: 'idp', identityProviderId: 'idp-1' } },
  createdAt: now,
  ...more,
});

const insert = async (user: NewRegisteredUser): Promise<NewRegisteredUser> => {
  await database.transaction((tx) => registry.insert(tx, user));
  return user;
};

test('a registered user is found by id and by any spelling of the name', async () => {
  const anna = await insert(someone('Anna.Strauß', { email: 'anna@acme.example' }));
  const expected = { ...anna, usernameKey: 'anna.strauss', locked: false, grants: {}, suspendedRoles: [], version: 1, updatedAt: now };
  expect(await registry.find(database.read, anna.id)).toEqual(expected);
  expect(await registry.findByUsername(database.read, 'PRIMARY', 'ANNA.STRAUSS')).toEqual(expected);
  expect(await registry.findByUsername(database.read, 'CORP', 'anna.strauss')).toBeUndefined();
  expect(await registry.find(database.read, newId())).toBeUndefined();
});

test('the same name in other letters is taken, in another store it is not', async () => {
  await insert(someone('Zoë'));
  await expect(insert(someone('ZOE\u0308'))).rejects.toMatchObject({ code: 'username.taken', kind: 'conflict' });
  await insert(someone('zoë', { userStore: 'CORP' }));
});

test('a refused insert leaves the transaction usable', async () => {
  await insert(someone('Ole'));
  const other = someone('Ole2');
  await database.transaction(async (tx) => {
    await expect(registry.insert(tx, someone('OLE'))).rejects.toMatchObject({ code: 'username.taken' });
    await registry.insert(tx, other);
  });
  expect(await registry.find(database.read, other.id)).toBeDefined();
});

test('a text that is no username is not registered', async () => {
  await expect(insert(someone('an\u200bna'))).rejects.toMatchObject({ code: 'username.malformed' });
});

test('activating counts no version up, changing does', async () => {
  const user = await insert(someone('Bo'));
  await database.transaction((tx) => registry.activate(tx, user.id, now + 1));
  expect(await registry.find(database.read, user.id)).toMatchObject({ status: 'active', version: 1, updatedAt: now + 1 });
  const changed = await database.transaction((tx) =>
    registry.update(
      tx,
      user.id,
      { username: 'BO', enabled: false, origins: { email: { by: 'local' } }, email: 'bo@acme.example' },
      now + 2,
    ),
  );
  expect(changed).toBe(true);
  expect(await registry.find(database.read, user.id)).toMatchObject({
    ...{ username: 'BO', usernameKey: 'bo', enabled: false, email: 'bo@acme.example', version: 2, createdAt: now, updatedAt: now + 2 },
    origins: { email: { by: 'local' } },
  });
  await database.transaction((tx) => registry.update(tx, user.id, { email: null }, now + 3));
  expect(await registry.find(database.read, user.id)).not.toHaveProperty('email');
});

test('renaming to a taken name is refused, changing nobody tells so', async () => {
  const [kim, lou] = [await insert(someone('Kim')), await insert(someone('Lou'))];
  await expect(database.transaction((tx) => registry.update(tx, lou.id, { username: 'KIM' }, now))).rejects.toMatchObject({
    code: 'username.taken',
  });
  await database.transaction((tx) => registry.remove(tx, kim.id));
  expect(await database.transaction((tx) => registry.update(tx, kim.id, { enabled: false }, now))).toBe(false);
  expect(await database.transaction((tx) => registry.lock(tx, kim.id))).toBeUndefined();
});

const matching = async (attribute: MatchableAttribute, value: string, domain?: string): Promise<string[]> =>
  (await registry.matching(database.read, attribute, value, domain)).map(({ id }) => id);

test('users are found by what they may be known by, two at most, in any store or in one', async () => {
  const people: NewRegisteredUser[] = [];
  for (const [index, userStore] of ['PRIMARY', 'CORP', 'CORP'].entries()) {
    const keys = { employeeNumber: 'E-1', externalId: `x${index}`, phoneNumber: null };
    people.push(await insert(someone(`Match${index}`, { userStore, status: 'active', email: 'match@acme.example', keys })));
  }
  const [primary, corp] = people.map(({ id }) => id);
  for (const [attribute, value] of [
    ['email', ' Match@ACME.example '],
    ['employeeNumber', 'E-1'],
  ] as const) {
    expect(await matching(attribute, value)).toHaveLength(2);
    expect(await matching(attribute, value, 'CORP')).toHaveLength(2);
    expect(await matching(attribute, value, 'PRIMARY')).toEqual([primary]);
    expect(await matching(attribute, '')).toEqual([]);
  }
  expect(await matching('externalId', 'x1')).toEqual([corp]);
  expect(await matching('employeeNumber', 'x1')).toEqual([]);
  expect(await matching('username', 'MATCH1', 'CORP')).toEqual([corp]);
  expect(await matching('username', 'MATCH1', 'PRIMARY')).toEqual([]);
  await expect(matching('username', 'MATCH1')).rejects.toThrow(TypeError);
});

test('an address with letters that only become those of another finds its own user', async () => {
  const insertWith = (name: string, email: string): Promise<NewRegisteredUser> =>
    insert(someone(name, { status: 'active', ...(searchableEmail({ email }) !== undefined && { email: searchableEmail({ email }) }) }));
  const kelvin = await insertWith('Kelvin', '\u212aira@acme.example');
  const wide = await insertWith('Wide', '\uff4bira@acme.example');
  expect(await matching('email', 'kira@acme.example')).toEqual([]);
  const kira = await insertWith('Kira', 'Kira@acme.example');
  expect(await matching('email', 'KIRA@acme.example')).toEqual([kira.id]);
  expect(await matching('email', '\u212aira@ACME.example')).toEqual([kelvin.id]);
  expect(await matching('email', '\uff4bira@acme.example')).toEqual([wide.id]);
});

test('values to be found by change with the user and go with the user', async () => {
  const { id } = await insert(someone('Mo', { status: 'active', keys: { phoneNumber: '+461', externalId: 'mo' } }));
  await database.transaction((tx) => registry.update(tx, id, { keys: { phoneNumber: '+462', externalId: null } }, now));
  expect(await matching('phoneNumber', '+46 1')).toEqual([]);
  expect(await matching('externalId', 'mo')).toEqual([]);
  expect(await matching('phoneNumber', '+46 2')).toEqual([id]);
  await database.transaction((tx) => registry.remove(tx, id));
  expect(await matching('phoneNumber', '+46 2')).toEqual([]);
  expect(await database.read.query('SELECT * FROM user_keys WHERE user_id = ?', [id])).toEqual([]);
});

test('a value that its person typed finds nobody, and hides nobody', async () => {
  const typed = { by: 'self', since: now } as const;
  const said = { status: 'active', email: 'typed@acme.example', keys: { phoneNumber: '+4670' } } as const;
  for (const name of ['Ty1', 'Ty2']) await insert(someone(name, { ...said, origins: { email: typed, phoneNumber: typed } }));
  expect(await matching('email', said.email)).toEqual([]);
  expect(await matching('phoneNumber', '+46 70')).toEqual([]);
  const { id } = await insert(
    someone('Ty3', { ...said, origins: { email: { by: 'local' }, phoneNumber: { by: 'local' }, locale: typed } }),
  );
  expect(await matching('email', said.email)).toEqual([id]);
  expect(await matching('phoneNumber', '+46 70', 'PRIMARY')).toEqual([id]);
});

test('a user whose account is not there yet is nobody’s match', async () => {
  const { id } = await insert(someone('Ny', { email: 'ny@acme.example' }));
  expect(await matching('email', 'ny@acme.example')).toEqual([]);
  await database.transaction((tx) => registry.activate(tx, id, now));
  expect(await matching('email', 'ny@acme.example')).toEqual([id]);
});

test('the tables are what the entities say', async () => {
  expect(await database.schemaDifferences()).toEqual([]);
});
