import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '../observability/logger.js';
import { SqliteState } from './sqlite-state.js';
import { StateSweeper } from './state-sweeper.js';

let folder: string;
let state: SqliteState;
let now = 1_760_000_000_000;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'foyer-sweeper-'));
  state = SqliteState.open(join(folder, 'state.db'), { now: () => now });
});

afterAll(async () => {
  await state.close();
  rmSync(folder, { recursive: true, force: true });
});

test('everybody who watches is told what expired of their kind, once, whatever becomes of the others', async () => {
  const sweeper = new StateSweeper(state, createLogger({ logLevel: 'silent' }));
  const told: string[] = [];
  sweeper.watch('login', () => Promise.reject(new Error('no')));
  for (const [name, kind] of [
    ['a', 'login'],
    ['b', 'login'],
    ['c', 'session'],
  ] as const) {
    sweeper.watch(kind, async (entries) => void told.push(...entries.map(({ id, value }) => `${name}: ${id} ${String(value)}`)));
  }
  for (const kind of ['login', 'session', 'code']) await state.put(kind, 'old', { value: kind, expiresAt: now + 1 });
  await state.put('session', 'new', { value: 'session', expiresAt: now + 9_999 });
  now += 5;
  expect(await sweeper.sweepOnce()).toBe(false);
  await sweeper.sweepOnce();
  expect(told).toEqual(['a: old login', 'b: old login', 'c: old session']);
});
