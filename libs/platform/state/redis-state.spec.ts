import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { testCluster, testSentinel, type TestCluster, type TestSentinel } from '../../../test/support/redis-topologies.js';
import { atEnd, TestRedis } from '../../../test/support/redis.js';
import { systemClock } from '../clock.js';
import { createLogger } from '../observability/logger.js';
import { RedisConnections } from '../redis/redis-connections.js';
import { redisUrl } from '../settings/redis-url.js';
import { RedisState } from './redis-state.js';
import { shortLivedStateConformance } from './short-lived-state.conformance.js';

function connect(url: string): RedisConnections {
  const connections = new RedisConnections(redisUrl(url), createLogger({ logLevel: 'silent' }));
  atEnd(() => connections.close());
  return connections;
}

describe('on one Redis', () => {
  let redis: TestRedis;
  let connections: RedisConnections;
  beforeAll(async () => {
    redis = await TestRedis.start();
    connections = connect(redis.url);
  });

  shortLivedStateConformance('Redis', async (clock) => {
    await redis.flush();
    return new RedisState(connections.connection('state'), clock);
  });

  test('nothing is left when everything has expired or was removed', async () => {
    await redis.flush();
    let now = Date.now();
    const state = new RedisState(connections.connection('state'), { now: () => now });
    state.keepExpired('login');
    await state.put('login', 'l', { value: 1, expiresAt: now + 10 });
    await state.put('session', 's', { value: 1, expiresAt: now + 10, groups: ['user:u'], alias: 'x' });
    await state.put('session', 't', { value: 1, expiresAt: now + 10, groups: ['user:u', 'link:l'], alias: 'y' });
    await state.count('failed', 'anna', 10);
    now += 20;
    await state.removeGroup('user:u');
    await state.sweep(10, ['login']);
    expect((await redis.admin.keys('*')).map((key) => key.replace(/^\{foyer\}:/, ''))).toEqual(['count:failed:anna']);
    const remaining = await redis.admin.pttl('{foyer}:count:failed:anna');
    expect(remaining).toBeGreaterThan(0);
  });

  test('Redis clears everything away by itself, also what points to it, an hour after anybody could want it', async () => {
    await redis.flush();
    const state = new RedisState(connections.connection('state'), systemClock);
    state.keepExpired('login');
    const write = { value: 1, expiresAt: Date.now() + 60_000, groups: ['user:u'], alias: 'x' };
    await state.put('login', 'l', write);
    await state.put('session', 's', write);
    await state.put('session', 's', { ...write, expiresAt: Date.now() + 30_000 });
    await state.count('failed', 'anna', 1_000);
    for (const key of await redis.admin.keys('*')) {
      if (key === '{foyer}:expiring') continue;
      const remaining = await redis.admin.pttl(key);
      expect(remaining).toBeGreaterThan(0);
      expect(remaining).toBeLessThanOrEqual(3_660_000);
    }
  });

  test('a group forgets its members that have expired whenever it gets another', async () => {
    await redis.flush();
    let now = Date.now();
    const state = new RedisState(connections.connection('state'), { now: () => now });
    const put = (id: string): Promise<void> => state.put('session', id, { value: 1, expiresAt: now + 1_000, groups: ['user:u'] });
    await put('a');
    now += 120_000;
    await put('b');
    expect(await redis.admin.zrange('{foyer}:group:user:u', 0, -1)).toEqual(['session:b']);
  });

  test('a person of very many sessions loses all of them', async () => {
    await redis.flush();
    const state = new RedisState(connections.connection('state'), systemClock);
    const ids = Array.from({ length: 2_500 }, (_, n) => `s${n}`);
    await Promise.all(ids.map((id) => state.put('session', id, { value: 1, expiresAt: Date.now() + 60_000, groups: ['user:u'] })));
    await state.removeGroup('user:u');
    expect(await redis.admin.dbsize()).toBe(0);
  });

  test('a Redis that was emptied, and forgot the scripts, is used as a new one', async () => {
    const state = new RedisState(connections.connection('state'), systemClock);
    await state.put('code', 'c', { value: 1, expiresAt: Date.now() + 60_000 });
    await redis.flush();
    await redis.admin.script('FLUSH');
    expect(await state.take('code', 'c')).toBeUndefined();
    expect(await state.create('code', 'c', { value: 2, expiresAt: Date.now() + 60_000 })).toBe(true);
  });

  test('a Redis that is full refuses to write, leaves everything as it was, and still removes', async () => {
    await redis.flush();
    const state = new RedisState(connections.connection('state'), systemClock);
    const write = { value: 1, expiresAt: Date.now() + 60_000, groups: ['user:u'] };
    await state.put('session', 's', write);
    await redis.admin.config('SET', 'maxmemory', 1);
    const full = { kind: 'unavailable', code: 'redis.full' };
    await expect(state.put('session', 's', { ...write, value: 2 })).rejects.toMatchObject(full);
    await expect(state.create('session', 't', write)).rejects.toMatchObject(full);
    expect(await state.get('session', 's')).toMatchObject({ value: 1, version: 1 });
    await state.removeGroup('user:u');
    await redis.admin.config('SET', 'maxmemory', 0);
    expect(await redis.admin.dbsize()).toBe(0);
  });

  describe.each([
    ['something', 'something'],
    ['another version', `2;${Date.now() + 60_000};{"user":"u"};{}`],
    ['names that are none', `1 ${Date.now() + 60_000} ["u"\n{`],
    ['names of another form', `1 ${Date.now() + 60_000} {"g":"user:u","a":7}\n{`],
    ['a value that is none', `1 ${Date.now() + 60_000} \n{"a":`],
  ])('what another version or somebody else wrote where an entry should be is no entry: %s', (_, foreign) => {
    const write = { value: 'ours', expiresAt: Date.now() + 60_000, groups: ['user:u'], alias: 'x' };
    let state: RedisState;
    beforeEach(async () => {
      await redis.flush();
      state = new RedisState(connections.connection('state'), systemClock);
      await redis.admin.set('{foyer}:state:session:s', foreign);
      await redis.admin.set('{foyer}:alias:session:x', 's');
      for (const key of ['group:user:u', 'expiring']) await redis.admin.zadd(`{foyer}:${key}`, Date.now() + 60_000, 'session:s');
    });

    test('it is not found, and not replaced', async () => {
      expect(await state.get('session', 's')).toBeUndefined();
      expect(await state.getByAlias('session', 'x')).toBeUndefined();
      expect(await state.listGroup('session', 'user:u', 10)).toEqual([]);
      expect(await state.replace('session', 's', 7, write)).toBe(false);
      expect(await state.take('session', 's')).toBeUndefined();
    });

    test('it is in nobody’s way', async () => {
      await state.put('session', 's', write);
      expect(await state.getByAlias('session', 'x')).toMatchObject({ id: 's', value: 'ours' });
      await redis.admin.set('{foyer}:state:session:s', foreign);
      await state.put('session', 'other', write);
      expect(await state.listGroup('session', 'user:u', 10)).toMatchObject([{ id: 'other' }]);
    });

    test('it goes with a group and by a sweep', async () => {
      await state.removeGroup('user:u');
      await redis.admin.zadd('{foyer}:expiring', 1, 'session:s');
      expect(await state.sweep(10, ['session'])).toEqual({ removed: 1, entries: [] });
      await state.put('session', 's', { ...write, groups: ['user:v'] });
      expect(await state.listGroup('session', 'user:v', 10)).toHaveLength(1);
    });
  });

  test('a counter of another version counts from the beginning', async () => {
    await redis.flush();
    await redis.admin.set('{foyer}:count:failed:anna', 'v2:7');
    const state = new RedisState(connections.connection('state'), systemClock);
    expect(await state.counted('failed', 'anna')).toMatchObject({ count: 0 });
    expect(await state.count('failed', 'anna', 1_000)).toMatchObject({ count: 1 });
  });
});

describe('behind Sentinels', () => {
  let redis: TestSentinel;
  beforeAll(async () => {
    redis = await testSentinel();
  });
  shortLivedStateConformance('Redis behind Sentinels', async (clock) => {
    await redis.primary.flush();
    return new RedisState(connect(redis.url).connection('state'), clock);
  });
});

describe('on a cluster', () => {
  let redis: TestCluster;
  beforeAll(async () => {
    redis = await testCluster();
  });
  shortLivedStateConformance('Redis Cluster', async (clock) => {
    await redis.home.flush();
    return new RedisState(connect(redis.url).connection('state'), clock);
  });
});
