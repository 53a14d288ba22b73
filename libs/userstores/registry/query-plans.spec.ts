import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EntityManager } from 'typeorm';
import { Database, newId } from '@foyer/platform';
import { schema } from '../../../ormconfig.js';
import { hasOwner } from '../administration/last-owner.js';
import { Accounts } from '../sql/accounts.js';
import { SqlUserRegistry } from './sql-user-registry.js';

let folder: string;
let database: Database;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'foyer-plans-'));
  database = await Database.connect(`sqlite:${join(folder, 'foyer.db')}`, schema);
  await database.migrate();
});

afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

/** The plans of all statements that `work` asks of the database. */
async function plansOf(work: (em: EntityManager) => Promise<unknown>): Promise<string[]> {
  const plans: string[] = [];
  const em = database.read;
  const watching = new Proxy(em, {
    get: (target, key): unknown =>
      key !== 'query'
        ? Reflect.get(target, key, target)
        : async (sql: string, parameters: unknown[]) => {
            const steps: { detail: string }[] = await em.query(`EXPLAIN QUERY PLAN ${sql}`, parameters);
            plans.push(...steps.map(({ detail }) => detail));
            return em.query<unknown>(sql, parameters);
          },
  });
  await work(watching);
  return plans;
}

const registry = new SqlUserRegistry();
const accounts = new Accounts('PRIMARY');

test.each<[string, (em: EntityManager) => Promise<unknown>]>([
  ['a user by id', (em) => registry.find(em, newId())],
  ['a user by name', (em) => registry.findByUsername(em, 'PRIMARY', 'anna')],
  ['an account by id', (em) => accounts.find(em, newId())],
  ['an account by name', (em) => accounts.findByUsername(em, 'anna')],
  ['accounts by ids', (em) => accounts.findMany(em, [newId(), newId()])],
  ['another owner', (em) => hasOwner(em, newId())],
])('%s is found by an index', async (_, work) => {
  const plans = await plansOf(work);
  expect(plans.length).toBeGreaterThan(0);
  expect(plans.filter((detail) => detail.startsWith('SCAN') || detail.includes('AUTOMATIC'))).toEqual([]);
});

test.each(['created_at DESC, id DESC', 'username_key, id', 'id'])('a page in the order %s is read from an index', async (order) => {
  const plan: { detail: string }[] = await database.read.query(`EXPLAIN QUERY PLAN SELECT * FROM users ORDER BY ${order} LIMIT 51`);
  expect(plan.map(({ detail }) => detail)).toEqual([expect.stringMatching(/^SCAN users USING INDEX/)]);
});
