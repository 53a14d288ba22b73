import { expect, test } from '@jest/globals';
import { describeRedis } from '../redis/redis-address.js';
import { contradictions } from './load.js';
import { Unwanted } from './parsers.js';
import { maskedUrl, redisUrl } from './redis-url.js';

test('one Redis', () => {
  const plain = { form: 'single', tls: false, endpoint: { host: 'redis', port: 6379 }, database: 0 };
  expect(redisUrl('redis://redis')).toEqual(plain);
  expect(redisUrl('redis://redis/')).toEqual(plain);
  expect(redisUrl('rediss://anna:p%40ss:w%2Ford@redis.example:6380/3')).toEqual({
    ...{ form: 'single', tls: true, endpoint: { host: 'redis.example', port: 6380 }, database: 3 },
    credentials: { username: 'anna', password: 'p@ss:w/ord' },
  });
  expect(redisUrl('redis://:hush@[::1]:7000')).toEqual({
    ...{ ...plain, endpoint: { host: '::1', port: 7000 } },
    credentials: { password: 'hush' },
  });
});

test('Sentinels, which may have a password of their own', () => {
  expect(redisUrl('redis+sentinel://a:26379,b/main/0')).toEqual({
    ...{ form: 'sentinel', tls: false, primary: 'main', database: 0 },
    sentinels: [
      { host: 'a', port: 26_379 },
      { host: 'b', port: 26_379 },
    ],
  });
  expect(redisUrl('rediss+sentinel://:hush@a/main?sentinelUsername=s&sentinelPassword=t')).toMatchObject({
    ...{ tls: true, credentials: { password: 'hush' }, sentinelCredentials: { username: 's', password: 't' } },
  });
});

test('a Redis Cluster', () => {
  expect(redisUrl('redis+cluster://a:7000,10.0.0.1:7001')).toEqual({
    ...{ form: 'cluster', tls: false },
    nodes: [
      { host: 'a', port: 7000 },
      { host: '10.0.0.1', port: 7001 },
    ],
  });
});

test.each([
  'redis',
  'http://redis',
  'redis://',
  'redis://a,b',
  'redis://redis:0',
  'redis://redis:65536',
  'redis://redis/one',
  'redis://redis/0/1',
  'redis://redis?db=1',
  'redis://[redis]',
  'redis://hush@redis',
  'redis://:@redis',
  'redis://:%zz@redis',
  'redis+sentinel://a,b',
  'redis+sentinel://a//0',
  'redis+sentinel://a/main/0?password=x',
  'redis+cluster://a,',
  'redis+cluster://a/1',
  'redis+proxy://a',
])('%s is refused', (text) => {
  expect(() => redisUrl(text)).toThrow(Unwanted);
});

test('what is said of an address has no password', () => {
  const texts = ['redis://a:hu@sh@redis/1', 'rediss+sentinel://:hush@a,b/main/0?sentinelPassword=hush', 'redis+cluster://u:hush@a:7000'];
  expect(texts.map((text) => describeRedis(redisUrl(text)))).toEqual([
    'redis://redis:6379/1',
    'rediss+sentinel://a:26379,b:26379/main/0',
    'redis+cluster://a:7000',
  ]);
  expect(texts.map(maskedUrl)).toEqual(['redis://***@redis/1', 'rediss+sentinel://***@a,b/main/0?***', 'redis+cluster://***@a:7000']);
});

test('a Redis makes a cluster, which needs a database that all reach and one key', () => {
  const cluster = { redisUrl: redisUrl('redis://redis'), databaseUrl: 'mysql://db/foyer', secretKey: Buffer.alloc(32) };
  expect(contradictions(cluster)).toEqual([]);
  expect(contradictions({ redisUrl: undefined, databaseUrl: 'mysql://db/foyer', secretKey: undefined })).toEqual([]);
  expect(contradictions({ ...cluster, databaseUrl: undefined, secretKey: undefined })).toEqual([
    'FOYER_DATABASE_URL must be mysql://… because FOYER_REDIS_URL makes a cluster; got nothing',
    'FOYER_SECRET_KEY must be given, the same to every process, because FOYER_REDIS_URL makes a cluster; got nothing',
  ]);
  expect(contradictions({ ...cluster, databaseUrl: 'sqlite:foyer.db' })).toHaveLength(1);
});
