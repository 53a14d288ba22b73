import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { testDatabase } from '../../../test/support/mariadb.js';
import { systemClock, type Clock } from '../clock.js';
import { createLogger } from '../observability/logger.js';
import { Metrics } from '../observability/metrics.js';
import { DatabaseClock } from './database-clock.js';
import { Database } from './database.js';

let database: Database;
let lines: Record<string, unknown>[];
const logger = createLogger(
  { logLevel: 'info' },
  { write: (text: string) => void lines.push(JSON.parse(text) as Record<string, unknown>) },
);

beforeAll(async () => {
  database = await Database.connect((await testDatabase()).url, { entities: [], migrations: [] });
});
afterAll(() => database.close());
beforeEach(() => {
  lines = [];
});

/** The clock of a machine that is off by so many milliseconds. */
const off = (byMs: number): Clock => ({ now: () => systemClock.now() + byMs });

test.each([
  [-300_000, '300 s behind the one of the database'],
  [420_000, '420 s ahead of the one of the database'],
])('a machine whose clock is off by %d ms goes by the clock of the database, and says so', async (byMs, says) => {
  const metrics = new Metrics();
  const clock = await DatabaseClock.read(database, logger, metrics, off(byMs));
  expect(Math.abs(clock.now() - systemClock.now())).toBeLessThan(1_000);
  expect(lines).toEqual([expect.objectContaining({ msg: expect.stringContaining(says), behindSeconds: byMs / -1000 })]);
  const [, value] = /^foyer_clock_behind_seconds (.+)$/m.exec((await metrics.text()).body) ?? [];
  expect(Math.abs(Number(value) + byMs / 1000)).toBeLessThan(1);
});

test('a machine whose clock is right goes by it, to the millisecond, without a word', async () => {
  const clock = await DatabaseClock.read(database, logger);
  const before = systemClock.now();
  const now = clock.now();
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(systemClock.now());
  expect(lines).toEqual([]);
});

test('a clock that is set while the process runs is followed, and said once', async () => {
  let byMs = 0;
  const clock = await DatabaseClock.read(database, logger, undefined, { now: () => systemClock.now() + byMs });
  byMs = 300_000;
  await clock.compare();
  await clock.compare();
  expect(Math.abs(clock.now() - systemClock.now())).toBeLessThan(1_000);
  expect(lines).toHaveLength(1);
  byMs = 0;
  await clock.compare();
  expect(Math.abs(clock.now() - systemClock.now())).toBeLessThan(1_000);
  expect(lines.map(({ behindSeconds }) => behindSeconds)).toEqual([-300, 0]);
});
