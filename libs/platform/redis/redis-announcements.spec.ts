import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { testCluster } from '../../../test/support/redis-topologies.js';
import { atEnd, TestRedis } from '../../../test/support/redis.js';
import { Database } from '../database/database.js';
import { SettingsRevision1764000000000 } from '../database/migrations/settings-revision.js';
import { SettingsRevision } from '../database/settings-revision.js';
import { createLogger } from '../observability/logger.js';
import { redisUrl } from '../settings/redis-url.js';
import { RedisAnnouncements } from './redis-announcements.js';
import { RedisConnections } from './redis-connections.js';

const folder = mkdtempSync(join(tmpdir(), 'foyer-announcements-'));
const logger = createLogger({ logLevel: 'silent' });
let database: Database;
const started: SettingsRevision[] = [];

beforeAll(async () => {
  database = await Database.connect(`sqlite:${join(folder, 'foyer.db')}`, { entities: [], migrations: [SettingsRevision1764000000000] });
  await database.migrate();
});
afterEach(async () => {
  for (const revision of started.splice(0)) await revision.stop();
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What a process of its own has. */
async function processOn(url: string): Promise<{ revision: SettingsRevision; followed: () => number }> {
  const connections = new RedisConnections(redisUrl(url), logger);
  atEnd(() => connections.close());
  const revision = new SettingsRevision(database, logger, new RedisAnnouncements(connections));
  let calls = 0;
  await revision.start();
  revision.onChange(() => void (calls += 1));
  started.push(revision);
  return { revision, followed: () => calls };
}

/** Milliseconds from a change to when another process has followed. */
async function timeToFollow(url: string): Promise<number> {
  const [writer, other] = [await processOn(url), await processOn(url)];
  const times: number[] = [];
  for (let change = 1; change <= 15; change += 1) {
    await writer.revision.change(async () => undefined);
    const began = performance.now();
    while (other.followed() < change) await delay(1);
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[7] ?? Number.NaN;
}

test('other processes follow at once, not when they poll', async () => {
  const redis = await TestRedis.start();
  expect(await timeToFollow(redis.url)).toBeLessThan(100);
});

test('also on a cluster', async () => {
  const { url } = await testCluster();
  expect(await timeToFollow(url)).toBeLessThan(100);
});

test('without Redis they follow by polling, and a change waits for nobody', async () => {
  const redis = await TestRedis.start();
  const [writer, other] = [await processOn(redis.url), await processOn(redis.url)];
  await redis.stop();
  const began = performance.now();
  await writer.revision.change(async () => undefined);
  while (other.followed() < 1) await delay(5);
  expect(performance.now() - began).toBeLessThan(3_000);
  await redis.startAgain();
  await writer.revision.change(async () => undefined);
  while (other.followed() < 2) await delay(5);
});

test('word of a change in the words of another version has everybody look', async () => {
  const redis = await TestRedis.start();
  const { revision, followed } = await processOn(redis.url);
  await revision.change(async () => undefined);
  expect(followed()).toBe(1);
  // It polls no more: it is only told.
  await revision.stop();
  await database.transaction((tx) => revision.bump(tx));
  for (const text of ['{"version":2,"sections":["identityProviders"]}', '\u0000', '[]'])
    await redis.admin.publish('{foyer}:settings', text);
  const deadline = performance.now() + 5_000;
  while (followed() < 2 && performance.now() < deadline) await delay(5);
  expect(followed()).toBe(2);
});
