import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database, newId, systemClock } from '@foyer/platform';
import { schema } from '../../../ormconfig.js';
import type { Domain, UserStoreDirectory } from '../contract.js';
import { compilePolicies } from '../policies/compile-policies.js';
import { SqlUserRegistry } from '../registry/sql-user-registry.js';
import { OwnDatabase } from '../sql/account-source.js';
import { SqlStore } from '../sql/sql-store.js';
import { FirstAdministrator } from './first-administrator.js';

const registry = new SqlUserRegistry();
let folder: string;
let database: Database;
let primary: Domain;
let warnings: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foyer-admin-'));
  database = await Database.connect(`sqlite:${join(folder, 'foyer.db')}`, schema);
  await database.migrate();
  const store = new SqlStore({ domain: 'PRIMARY', enabled: true, readOnly: false }, new OwnDatabase(database));
  primary = { domain: 'PRIMARY', enabled: true, store, policies: compilePolicies({}) };
  warnings = [];
});

afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

const start = (adminPassword?: string): ReturnType<FirstAdministrator['ensure']> => {
  const stores: UserStoreDirectory = { find: () => primary, all: () => [primary] };
  const logger = { warn: (_: unknown, message?: string) => void warnings.push(message ?? '') };
  return new FirstAdministrator(database, registry, stores, { adminPassword }, systemClock, logger).ensure();
};
const opens = async (password: string): Promise<boolean> => (await primary.store.verifyPassword('admin', password)) !== undefined;

test('a generated password is told at the first start, and never again', async () => {
  const first = await start();
  expect(first?.password).toMatch(/^[\w-]{24}$/);
  expect(await opens(first?.password ?? '')).toBe(true);
  expect(await start()).toBeUndefined();
  expect(await opens(first?.password ?? '')).toBe(true);
});

test('of two processes that start at once, one creates the administrator', async () => {
  const results = await Promise.all([start(), start()]);
  const [told] = results.filter((result) => result !== undefined);
  expect(results.filter((result) => result === undefined)).toHaveLength(1);
  expect(await opens(told?.password ?? '')).toBe(true);
  expect(warnings).toEqual([]);
});

test('a password that is set counts, at the first start and at a later one', async () => {
  expect(await start('correct horse')).toBeUndefined();
  expect(await opens('correct horse')).toBe(true);
  expect(await start('correct horse')).toBeUndefined();
  expect(warnings).toEqual([]);
  await start('battery staple');
  expect(await opens('battery staple')).toBe(true);
  expect(warnings).toEqual(['The password of the user admin was set to FOYER_ADMIN_PASSWORD']);
  await start();
  expect(await opens('battery staple')).toBe(true);
});

test('a password against the policy stops the start and names the variable', async () => {
  await expect(start('short')).rejects.toMatchObject({
    code: 'settings.invalid',
    message: expect.stringContaining('FOYER_ADMIN_PASSWORD'),
  });
});

test('somebody who is called admin does not become an owner', async () => {
  const id = newId();
  await database.transaction(async (tx) => {
    const user = { id, userStore: 'PRIMARY', username: 'Admin', status: 'active', enabled: true, origins: {}, createdAt: 1 } as const;
    await registry.insert(tx, user);
    await primary.store.create({ userId: id, username: 'Admin', enabled: true, attributes: {}, roles: [], groups: [] }, tx);
  });
  expect(await start('correct horse')).toBeUndefined();
  expect(await primary.store.find(id)).toMatchObject({ roles: [] });
  expect(await opens('correct horse')).toBe(false);
  expect(warnings).toHaveLength(1);
});
