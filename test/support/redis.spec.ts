import { expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { testCluster, testSentinel } from './redis-topologies.js';
import { TestRedis } from './redis.js';

test('each Redis is its own, can be emptied, and starts again empty at the same address', async () => {
  const [one, other] = [await TestRedis.start(), await TestRedis.start()];
  await one.admin.set('a', 1);
  expect(await other.admin.dbsize()).toBe(0);
  await one.flush();
  expect(await one.admin.dbsize()).toBe(0);
  await one.admin.set('a', 1);
  await one.stop();
  await one.startAgain();
  expect(await one.admin.dbsize()).toBe(0);
});

test('one that is paused or frozen answers when that is over', async () => {
  const redis = await TestRedis.start();
  await redis.pause(50);
  expect(await redis.admin.ping()).toBe('PONG');
  const thaw = await redis.freeze();
  const answer = redis.admin.ping();
  expect(await Promise.race([answer, new Promise((resolve) => setImmediate(resolve, 'nothing'))])).toBe('nothing');
  thaw();
  expect(await answer).toBe('PONG');
});

test('Sentinels name another primary when theirs is gone', async () => {
  const { url, primary, replica } = await testSentinel();
  const sentinels = (/\/\/([^/]+)/.exec(url)?.[1] ?? '')
    .split(',')
    .map((address) => ({ host: '127.0.0.1', port: Number(address.split(':')[1]) }));
  await primary.stop();
  const client = new Redis({
    sentinels,
    name: 'foyer',
    sentinelRetryStrategy: () => 50,
    retryStrategy: () => 50,
    maxRetriesPerRequest: null,
  });
  client.on('error', () => undefined);
  await client.set('a', 1);
  expect(await replica.admin.get('a')).toBe('1');
  client.disconnect();
});

test('three nodes are one cluster', async () => {
  const { nodes, home } = await testCluster();
  await home.admin.set('{foyer}:a', 1);
  expect(nodes).toHaveLength(3);
  expect(String(await home.admin.call('CLUSTER', 'INFO'))).toContain('cluster_slots_assigned:16384');
});
