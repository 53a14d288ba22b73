import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { testDatabase } from '../../../test/support/mariadb.js';
import { atEnd, TestRedis } from '../../../test/support/redis.js';
import { systemClock, type Clock } from '../clock.js';
import { Database } from '../database/database.js';
import { State1764000000020 } from '../database/migrations/state.js';
import { createLogger } from '../observability/logger.js';
import { RedisConnections } from '../redis/redis-connections.js';
import { redisUrl } from '../settings/redis-url.js';
import { DatabaseState } from './database-state.js';
import { RedisState } from './redis-state.js';
import { shortLivedStateConformance } from './short-lived-state.conformance.js';
import { SplitState } from './split-state.js';

let database: Database;
let redis: TestRedis;
let connections: RedisConnections;

beforeAll(async () => {
  database = await Database.connect((await testDatabase()).url, { entities: [], migrations: [State1764000000020] });
  await database.migrate();
  redis = await TestRedis.start();
  connections = new RedisConnections(redisUrl(redis.url), createLogger({ logLevel: 'silent' }));
  atEnd(() => connections.close());
});
afterAll(() => database.close());

const empty = async (): Promise<void> => {
  for (const table of ['state_entries', 'state_counters']) await database.transaction((tx) => tx.query(`DELETE FROM ${table}`));
  await redis.flush();
};

const rows = async (): Promise<number> => {
  const [row] = await database.read.query<{ n: number }[]>('SELECT COUNT(*) AS n FROM state_entries');
  return row?.n ?? 0;
};

describe('in the database', () => {
  shortLivedStateConformance('MariaDB', async (clock) => {
    await empty();
    return new DatabaseState(database, clock);
  });

  test('an id that is longer than its column is found, and no other that begins alike', async () => {
    const state = new DatabaseState(database, systemClock);
    const [one, other] = [`${'x'.repeat(600)}1`, `${'x'.repeat(600)}2`];
    await state.put('code', one, { value: 1, expiresAt: Date.now() + 60_000 });
    expect(await state.create('code', other, { value: 2, expiresAt: Date.now() + 60_000 })).toBe(true);
    expect(await state.get('code', one)).toMatchObject({ value: 1 });
    await state.count('failed', one, 1_000);
    expect((await state.counted('failed', other)).count).toBe(0);
  });

  test('a value may be longer than 64 KiB', async () => {
    const state = new DatabaseState(database, systemClock);
    const value = 'ä'.repeat(200_000);
    await state.put('authentication', 'a', { value, expiresAt: Date.now() + 60_000 });
    expect((await state.get('authentication', 'a'))?.value).toBe(value);
  });

  test('each expired entry is told once, however many servers sweep at the same time', async () => {
    await empty();
    const now = Date.now();
    const first = new DatabaseState(database, systemClock);
    const states = [first, new DatabaseState(database, systemClock), new DatabaseState(database, systemClock)];
    await Promise.all(Array.from({ length: 60 }, (_, n) => first.put('login', `l${n}`, { value: n, expiresAt: now - 1 })));
    const told: string[] = [];
    const sweep = async (state: DatabaseState): Promise<void> => {
      for (let removed = 1; removed > 0;) {
        const swept = await state.sweep(7, ['login']);
        told.push(...swept.entries.map(({ id }) => id));
        removed = swept.removed;
      }
    };
    await Promise.all(states.map(sweep));
    expect(told).toHaveLength(60);
    expect(new Set(told).size).toBe(60);
    expect(await rows()).toBe(0);
  });

  test('entries that come and groups that go at the same time do not stand in each other’s way', async () => {
    await empty();
    const state = new DatabaseState(database, systemClock);
    const write = { value: 1, expiresAt: Date.now() + 60_000 };
    await Promise.all(
      Array.from({ length: 100 }, async (_, n) => {
        const group = `user:${n % 5}`;
        if (n % 10 === 9) await state.removeGroup(group);
        else await state.put('authentication', `a${n}`, { ...write, groups: [group, `link:${n}`] });
      }),
    );
    for (let n = 0; n < 5; n += 1) await state.removeGroup(`user:${n}`);
    expect(await rows()).toBe(0);
  });
});

describe('in both', () => {
  const split = (clock: Clock, durable: readonly string[]): SplitState =>
    new SplitState(new RedisState(connections.connection('state'), clock), new DatabaseState(database, clock), durable);

  shortLivedStateConformance('Redis and MariaDB', async (clock) => {
    await empty();
    return split(clock, ['token', 'code', 'session']);
  });

  test('what must outlive Redis is in the database, and all counters are', async () => {
    await empty();
    const state = split(systemClock, ['RefreshToken']);
    const write = { value: 1, expiresAt: Date.now() + 60_000, groups: ['user:u'] };
    for (const kind of ['RefreshToken', 'Session']) await state.put(kind, 'a', write);
    await state.count('failed', 'anna', 60_000);
    await redis.flush();
    expect(await state.get('RefreshToken', 'a')).toBeDefined();
    expect(await state.get('Session', 'a')).toBeUndefined();
    expect((await state.counted('failed', 'anna')).count).toBe(1);
  });

  test('while Redis is away, what is in the database can be used, revoked and swept', async () => {
    await empty();
    const state = split(systemClock, ['RefreshToken']);
    await state.put('RefreshToken', 'a', { value: 1, expiresAt: Date.now() + 60_000, groups: ['user:u'] });
    await state.put('RefreshToken', 'old', { value: 1, expiresAt: Date.now() - 1 });
    await redis.stop();
    expect(await state.get('RefreshToken', 'a')).toBeDefined();
    await expect(state.get('Session', 'a')).rejects.toMatchObject({ code: 'redis.unavailable' });
    await expect(state.ping()).rejects.toMatchObject({ code: 'redis.unavailable' });
    expect((await state.sweep(10, ['RefreshToken'])).entries).toMatchObject([{ id: 'old' }]);
    await expect(state.sweep(10, ['RefreshToken'])).rejects.toMatchObject({ code: 'redis.unavailable' });
    await expect(state.removeGroup('user:u')).rejects.toMatchObject({ code: 'redis.unavailable' });
    expect(await state.get('RefreshToken', 'a')).toBeUndefined();
  });
});
