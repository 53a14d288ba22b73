import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { testCluster, testSentinel } from '../../../test/support/redis-topologies.js';
import { TestRedis } from '../../../test/support/redis.js';
import { FoyerError } from '../errors/foyer-error.js';
import { createLogger } from '../observability/logger.js';
import { redisUrl } from '../settings/redis-url.js';
import { RedisConnections } from './redis-connections.js';

let lines: { level: string; msg: string }[];
const opened: RedisConnections[] = [];

function connect(url: string): RedisConnections {
  const write = (line: string): void => void lines.push(JSON.parse(line) as { level: string; msg: string });
  const connections = new RedisConnections(redisUrl(url), createLogger({ logLevel: 'info' }, { write }));
  opened.push(connections);
  return connections;
}

const faultOf = async (work: Promise<unknown>): Promise<FoyerError> => {
  const error: unknown = await work.then(
    () => new Error('It worked'),
    (reason: unknown) => reason,
  );
  if (error instanceof FoyerError) return error;
  throw error;
};

/** Waits until a connection works again. */
async function untilBack(ping: () => Promise<unknown>): Promise<void> {
  while (
    !(await ping().then(
      () => true,
      () => false,
    ))
  )
    await delay(10);
}

beforeAll(() => void (lines = []));
afterEach(async () => {
  lines = [];
  for (const connections of opened.splice(0)) await connections.close();
});

describe('the start', () => {
  test('a fit Redis is taken, in the database that is named', async () => {
    const redis = await TestRedis.start();
    const connections = connect(`${redis.url}/3`);
    await connections.start();
    await connections.connection('test').run((client) => client.set('a', 1));
    expect(await redis.admin.info('keyspace')).toContain('db3:keys=1');
    expect(lines).toEqual([]);
  });

  test('one that throws data away is refused', async () => {
    const redis = await TestRedis.start('--maxmemory-policy', 'allkeys-lru');
    const fault = await faultOf(connect(redis.url).start());
    expect(fault).toMatchObject({ code: 'redis.evicts' });
    expect(fault.message).toContain('Set maxmemory-policy noeviction');
  });

  test('a replica is refused, which nothing can be written to', async () => {
    const [primary, replica] = [await TestRedis.start(), await TestRedis.start()];
    await replica.admin.replicaof('127.0.0.1', primary.port);
    expect(await faultOf(connect(replica.url).start())).toMatchObject({ code: 'redis.readOnly' });
  });

  test('a wrong password is told from a Redis that is not there, and shown to nobody', async () => {
    const redis = await TestRedis.start('--requirepass', 'right');
    for (const userinfo of [':hush@', '']) {
      const fault = await faultOf(connect(redis.url.replace('//', `//${userinfo}`)).start());
      expect(fault).toMatchObject({ code: 'redis.refused', message: expect.stringContaining('FOYER_REDIS_URL') });
      expect(fault.message).not.toContain('hush');
    }
    await connect(redis.url.replace('//', '//:right@')).start();
  });

  test('one that comes a little later is waited for, and one that does not come is named', async () => {
    const redis = await TestRedis.start();
    await redis.stop();
    const fault = await faultOf(connect(redis.url).start(100));
    expect(fault).toMatchObject({ code: 'redis.unavailable', message: expect.stringContaining(`redis://127.0.0.1:${redis.port}`) });
    const coming = connect(redis.url).start();
    await redis.startAgain();
    await coming;
  });
});

describe('in operation', () => {
  test('while Redis is away commands fail fast, the log says it once, and work goes on by itself when it is back', async () => {
    const redis = await TestRedis.start();
    const connection = connect(redis.url).connection('test');
    await connection.ping();
    await redis.stop();
    const ends = await Promise.all(Array.from({ length: 50 }, () => faultOf(connection.ping())));
    expect(new Set(ends.map(({ kind, code }) => `${kind} ${code}`))).toEqual(new Set(['unavailable redis.unavailable']));
    await redis.startAgain();
    await untilBack(() => connection.ping());
    expect(lines.map(({ level, msg }) => `${level}: ${msg}`)).toEqual([
      'warn: Redis cannot be reached; trying again',
      'info: Redis can be reached again',
    ]);
  });

  test('one that does not answer is waited for, and then held to be away', async () => {
    const redis = await TestRedis.start();
    const connection = connect(redis.url).connection('test');
    await connection.ping();
    const thaw = await redis.freeze();
    const took: number[] = [];
    do {
      const began = performance.now();
      expect((await faultOf(connection.ping())).code).toMatch(/^redis\.(slow|unavailable)$/);
      took.push(performance.now() - began);
    } while ((took.at(-1) ?? 0) > 100);
    expect(Math.max(...took)).toBeLessThan(2_500);
    expect(took.length).toBeLessThan(5);
    thaw();
    await untilBack(() => connection.ping());
  });

  test('a slow one is waited for', async () => {
    const redis = await TestRedis.start();
    const connection = connect(redis.url).connection('test');
    await redis.pause(300);
    expect(await connection.run((client) => client.ping())).toBe('PONG');
  });

  test('one that is full or read-only says which', async () => {
    const redis = await TestRedis.start();
    const connection = connect(redis.url).connection('test');
    const write = (): Promise<unknown> => connection.run((client) => client.set('a', 'x'));
    await redis.admin.config('SET', 'maxmemory', 1);
    expect(await faultOf(write())).toMatchObject({ kind: 'unavailable', code: 'redis.full' });
    await redis.admin.config('SET', 'maxmemory', 0);
    await redis.admin.replicaof('127.0.0.1', 1);
    expect(await faultOf(write())).toMatchObject({ kind: 'unavailable', code: 'redis.readOnly' });
    await redis.admin.replicaof('NO', 'ONE');
    await untilBack(write);
  });

  test('a command that is wrong is no outage', async () => {
    const redis = await TestRedis.start();
    const connection = connect(redis.url).connection('test');
    await connection.run((client) => client.set('a', 'x'));
    await expect(connection.run((client) => client.lpush('a', 'y'))).rejects.toThrow('WRONGTYPE');
  });
});

test('behind Sentinels the new primary is found when the old one is gone', async () => {
  const { url, primary } = await testSentinel();
  const connections = connect(url);
  await connections.start();
  const connection = connections.connection('test');
  await connection.run((client) => client.set('a', 1));
  await primary.stop();
  expect((await faultOf(connection.ping())).code).toMatch(/^redis\./);
  await untilBack(() => connection.run((client) => client.set('b', 1)));
});

test('a cluster is entered through any of its nodes, and each is looked at', async () => {
  const { url, home, nodes } = await testCluster();
  const connections = connect(url.replace(/,.*/, ''));
  await connections.start();
  const connection = connections.connection('test');
  await connection.run((client) => client.set('{foyer}:a', 1));
  expect(await home.admin.get('{foyer}:a')).toBe('1');
  const thaw = await home.freeze();
  expect((await faultOf(connection.run((client) => client.get('{foyer}:a')))).code).toMatch(/^redis\.(slow|unavailable)$/);
  thaw();
  await untilBack(() => connection.run((client) => client.get('{foyer}:a')));
  await nodes[2]?.admin.config('SET', 'maxmemory-policy', 'volatile-lru');
  expect(await faultOf(connect(url).start())).toMatchObject({ code: 'redis.evicts' });
});
