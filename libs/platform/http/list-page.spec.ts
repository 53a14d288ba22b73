import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Entity, type MigrationInterface, type QueryRunner } from 'typeorm';
import { FlagColumn, PrimaryIdColumn, TextColumn, TimeColumn } from '../database/columns.js';
import { Database } from '../database/database.js';
import { column, createTable } from '../database/table.js';
import { FoyerError } from '../errors/foyer-error.js';
import { listPage, type ListDeclaration, type Page } from './list-page.js';
import { filterBy } from './list-query.js';

@Entity('things')
class Thing {
  @PrimaryIdColumn() id!: string;
  @TextColumn(50) name!: string;
  @FlagColumn() enabled!: boolean;
  @FlagColumn() hidden!: boolean;
  @TimeColumn({ name: 'created_at' }) createdAt!: number;
}

class Things1 implements MigrationInterface {
  readonly name = 'Things1000000000000';
  up(runner: QueryRunner): Promise<void> {
    const { id, text, flag, time, primary } = column;
    return createTable(runner, 'things', [primary(id('id')), text('name', 50), flag('enabled'), flag('hidden'), time('created_at')]);
  }
  down(runner: QueryRunner): Promise<void> {
    return runner.dropTable('things');
  }
}

const list: ListDeclaration<Thing> = {
  entity: Thing,
  sortable: { createdAt: { property: 'createdAt', type: 'number' }, name: { property: 'name', type: 'text' } },
  filterable: {
    name: filterBy.text('name'),
    enabled: filterBy.flag('enabled'),
    createdFrom: filterBy.time('createdAt', 'from'),
    createdBefore: filterBy.time('createdAt', 'before'),
  },
  defaultSort: '-createdAt',
  only: (rows) => void rows.andWhere('row.hidden = :hidden', { hidden: false }),
};

test('what a list does not show is not read', async () => {
  const page = await listPage(database.read, { ...list, unread: ['name'] }, { limit: '1' });
  expect(page.items).toEqual([{ id: 'id-24', enabled: true, hidden: false, createdAt: 1_006 }]);
});

let dir: string;
let database: Database;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'foyer-list-'));
  database = await Database.connect(`sqlite:${join(dir, 'list.db')}`, { entities: [Thing], migrations: [Things1] });
  await database.migrate();
  await database.transaction(async (tx) => {
    // Several rows share a time: the id decides between them.
    for (let n = 0; n < 25; n += 1) {
      const id = `id-${String(n).padStart(2, '0')}`;
      await tx.insert(Thing, { id, name: `thing ${n % 7}`, enabled: n % 2 === 0, hidden: false, createdAt: 1_000 + Math.floor(n / 4) });
    }
    await tx.insert(Thing, { id: 'hidden', name: 'hidden', enabled: true, hidden: true, createdAt: 9_999 });
  });
});
afterAll(async () => {
  await database.close();
  rmSync(dir, { recursive: true });
});

const page = (query: Record<string, unknown>): Promise<Page<Thing>> => listPage(database.read, list, query);
const walk = async (query: Record<string, unknown>): Promise<string[]> => {
  const ids: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const found: Page<Thing> = await page(cursor === undefined ? query : { ...query, cursor });
    ids.push(...found.items.map((item) => item.id));
    expect(found.total).toBe(query['enabled'] === 'true' ? 13 : 25);
    cursor = found.nextCursor;
  }
  return ids;
};
const faults = async (query: Record<string, unknown>): Promise<Record<string, string>> => {
  const error: unknown = await page(query).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof FoyerError)) throw new Error('was accepted');
  return Object.fromEntries(error.faults.map((fault) => [fault.path, fault.code]));
};

const all = Array.from({ length: 25 }, (_, n) => `id-${String(n).padStart(2, '0')}`);

test('the newest come first, 50 at most', async () => {
  const found = await page({});
  expect(found.items.map((item) => item.id)).toEqual([...all].reverse());
  expect(found).toMatchObject({ total: 25, nextCursor: null });
});

test.each(['-createdAt', 'createdAt', 'name', '-name'])('pages of any size in the order %s have every row once', async (sort) => {
  const whole = (await page({ sort })).items.map((item) => item.id);
  for (const limit of ['1', '4', '7', '25']) expect(await walk({ sort, limit })).toEqual(whole);
  expect([...whole].sort()).toEqual(all);
});

test('rows are filtered in the database, on every page', async () => {
  const enabled = all.filter((_, n) => n % 2 === 0);
  expect((await walk({ enabled: 'true', limit: '3' })).sort()).toEqual(enabled);
  expect((await page({ name: 'thing 3' })).total).toBe(4);
  expect((await page({ createdFrom: '1002', createdBefore: '1003' })).items.map((item) => item.createdAt)).toEqual([
    1002, 1002, 1002, 1002,
  ]);
  expect((await page({ name: "x' OR 1=1 --" })).total).toBe(0);
});

test('a row that appears between two pages is neither repeated nor does it push another out', async () => {
  const first = await page({ limit: '10', sort: '-createdAt' });
  await database.transaction((tx) => tx.insert(Thing, { id: 'new', name: 'new', enabled: false, hidden: false, createdAt: 5_000 }));
  const second = await page({ limit: '10', sort: '-createdAt', cursor: first.nextCursor });
  await database.transaction((tx) => tx.delete(Thing, { id: 'new' }));
  expect([...first.items, ...second.items].map((item) => item.id)).toEqual([...all].reverse().slice(0, 20));
});

test('anything else is refused', async () => {
  const { nextCursor } = await page({ limit: '2' });
  expect(await faults({ page: '2', limit: '0', sort: 'hidden', enabled: 'yes', createdFrom: 'now' })).toEqual({
    page: 'key.unknown',
    limit: 'value.outOfRange',
    sort: 'value.notOneOf',
    enabled: 'value.invalid',
    createdFrom: 'value.invalid',
  });
  expect(await faults({ limit: '501' })).toEqual({ limit: 'value.outOfRange' });
  expect(await faults({ limit: '1e1' })).toEqual({ limit: 'value.outOfRange' });
  expect(await faults({ name: ['a', 'b'] })).toEqual({ name: 'value.duplicate' });
  expect(await faults({ cursor: 'garbage' })).toEqual({ cursor: 'value.invalid' });
  expect(await faults({ cursor: nextCursor, sort: 'name' })).toEqual({ cursor: 'value.invalid' });
  for (const flag of ['constructor', '__proto__', 'toString'])
    expect(await faults({ enabled: flag })).toEqual({ enabled: 'value.invalid' });
  for (const value of ['{"$gt":1}', '1e999']) {
    const forged = Buffer.from(`["-createdAt",${value},"id"]`).toString('base64url');
    expect(await faults({ cursor: forged })).toEqual({ cursor: 'value.invalid' });
  }
});
