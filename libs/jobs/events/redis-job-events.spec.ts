import { afterEach, expect, test } from '@jest/globals';
import { createLogger, redisPrefix, RedisConnections, redisUrl } from '@foyer/platform';
import { testCluster } from '../../../test/support/redis-topologies.js';
import { atEnd, TestRedis } from '../../../test/support/redis.js';
import { until } from '../jobs-site.conformance.js';
import type { JobChange, JobWatcher } from './job-events.js';
import { RedisJobEvents } from './redis-job-events.js';

const leaving: (() => void)[] = [];
afterEach(() => {
  for (const leave of leaving.splice(0)) leave();
});

/** What a process of its own has. */
function processOn(url: string): RedisJobEvents {
  const connections = new RedisConnections(redisUrl(url), createLogger({ logLevel: 'silent' }));
  atEnd(() => connections.close());
  return new RedisJobEvents(connections);
}

class Watcher implements JobWatcher {
  readonly seen: JobChange[] = [];
  gaps = 0;

  changed(changes: readonly JobChange[]): void {
    this.seen.push(...changes);
  }

  missed(): void {
    this.gaps += 1;
  }

  /** Watches, and returns when it is told of what other processes do. */
  static async on(events: RedisJobEvents): Promise<Watcher> {
    const watcher = new Watcher();
    leaving.push(events.subscribe(watcher));
    await until('it listens to others', () => watcher.gaps > 1);
    return watcher;
  }
}

const done = (id: string): JobChange => ({ id, status: 'done' });

test.each([
  ['one Redis', async () => (await TestRedis.start()).url],
  ['a cluster', async () => (await testCluster()).url],
])('a change is told to the watchers of every process, by way of %s', async (_, redis) => {
  const url = await redis();
  const [one, other] = [processOn(url), processOn(url)];
  const [here, there] = await Promise.all([one, other].map((events) => Watcher.on(events)));
  one.publish([{ id: 'a', status: 'running' }]);
  one.publish([done('a'), done('b')]);
  await until('the other process knows', () => (there?.seen.length ?? 0) >= 2);
  // Together, and of each the latest; in its own process at once, and once.
  expect(there?.seen).toEqual([done('a'), done('b')]);
  expect(here?.seen).toEqual([{ id: 'a', status: 'running' }, done('a'), done('b')]);
});

test('of very many changes watchers are only told that they are', async () => {
  const redis = await TestRedis.start();
  const [one, other] = [processOn(redis.url), processOn(redis.url)];
  const watcher = await Watcher.on(other);
  const before = watcher.gaps;
  one.publish(Array.from({ length: 501 }, (_, index) => done(String(index))));
  await until('it knows that it missed something', () => watcher.gaps > before);
  one.publish([done('x')]);
  await until('it is told again', () => watcher.seen.length > 0);
  expect(watcher.seen).toEqual([done('x')]);
});

test('without Redis the own changes are told, and afterwards that others may have been missed', async () => {
  const redis = await TestRedis.start();
  const [one, other] = [processOn(redis.url), processOn(redis.url)];
  const watcher = await Watcher.on(one);
  const before = watcher.gaps;
  await redis.stop();
  one.publish([done('a')]);
  other.publish([done('b')]);
  expect(watcher.seen).toEqual([done('a')]);
  await redis.startAgain();
  await until('it listens again', () => watcher.gaps > before);
  other.publish([done('c')]);
  await until('it hears others', () => watcher.seen.some(({ id }) => id === 'c'));
});

test('who watches no more costs Redis nothing, and what is none of ours is left alone', async () => {
  const redis = await TestRedis.start();
  const events = processOn(redis.url);
  const watcher = await Watcher.on(events);
  const channel = `${redisPrefix}job-events`;
  for (const text of ['', 'null', '{', '{"from":1}', '{"from":"x","changes":[{"id":"a","status":"odd"}]}', '{"from":"x","changes":{}}'])
    await redis.admin.publish(channel, text);
  await redis.admin.publish(channel, JSON.stringify({ from: 'x', changes: [done('a')] }));
  await until('it has heard the good one', () => watcher.seen.length > 0);
  expect(watcher.seen).toEqual([done('a')]);
  for (const leave of leaving.splice(0)) leave();
  const listeners = async (): Promise<unknown> => redis.admin.pubsub('NUMSUB', channel);
  await until('nobody listens', async () => JSON.stringify(await listeners()) === JSON.stringify([channel, 0]));
  const again = await Watcher.on(events);
  expect(again.gaps).toBeGreaterThan(1);
});
