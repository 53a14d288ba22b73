import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { shortLivedStateConformance } from './short-lived-state.conformance.js';
import { systemClock } from '../clock.js';
import { SqliteState } from './sqlite-state.js';

const folder = mkdtempSync(join(tmpdir(), 'foyer-state-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
shortLivedStateConformance('SQLite', async (clock) => SqliteState.open(join(folder, `${(files += 1)}.db`), clock));

test('what was written is there after the file was opened again', async () => {
  const file = join(folder, 'again.db');
  const first = SqliteState.open(file);
  await first.put('login', 'a', { value: 'kept', expiresAt: Date.now() + 60_000 });
  await first.close();
  const second = SqliteState.open(file);
  expect(await second.get('login', 'a')).toMatchObject({ value: 'kept' });
  await second.close();
});

test('a file that another process has open is refused by name', async () => {
  const file = join(folder, 'in-use.db');
  const first = SqliteState.open(file);
  expect(() => SqliteState.open(file, systemClock, 10)).toThrow(expect.objectContaining({ code: 'state.inUse' }));
  await first.close();
  await SqliteState.open(file).close();
});
