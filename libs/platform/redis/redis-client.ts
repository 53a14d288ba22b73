import type { Cluster, ClusterNode, ClusterOptions, Redis, RedisOptions } from 'ioredis';
import { createRequire } from 'node:module';
import { Seldom } from '../background/seldom.js';
import type { ClusterRedis, RedisAddress } from './redis-address.js';

/** A connection of ioredis, alone or to a cluster. */
export type RedisClient = Redis | Cluster;

/**
 * What a connection is for. `commands` fail fast when Redis is away, and none is sent twice by itself. A `subscriber` listens, and a `blocking` one
 * waits for work: both wait for as long as it takes, and go on when Redis is back.
 */
export type RedisPurpose = 'commands' | 'subscriber' | 'blocking';

/** Milliseconds after which a connection that owes an answer counts as dead. */
export const answerMs = 2_000;
const connectMs = 2_000;
const keepAliveMs = 10_000;
const longestPauseMs = 1_000;
/** How often a command to a cluster may be sent elsewhere, 100 ms later, before it fails. */
const redirections = 8;

/** Milliseconds before the next attempt: longer each time, and not the same for all processes. */
const pause = (attempt: number): number => Math.min(50 * 2 ** Math.min(attempt, 5), longestPauseMs) * (0.5 + Math.random() / 2);

/** Loaded with the first connection, because a server alone does without, and starts sooner. */
const ioredis = (): typeof import('ioredis') => createRequire(import.meta.url)('ioredis') as typeof import('ioredis');

/** Makes a connection that connects with its first command. @param name what `CLIENT LIST` shows */
export function createRedisClient(address: RedisAddress, name: string, purpose: RedisPurpose): RedisClient {
  const { Cluster, Redis } = ioredis();
  const shared = sharedOptions(address, name, purpose);
  if (address.form === 'cluster') return new Cluster([...address.nodes] satisfies ClusterNode[], clusterOptions(address, shared));
  const own: RedisOptions = { ...shared, lazyConnect: true, db: address.database, retryStrategy: pause };
  if (address.form === 'single') return new Redis({ ...own, ...address.endpoint });
  return new Redis({
    ...own,
    sentinels: [...address.sentinels],
    name: address.primary,
    sentinelUsername: address.sentinelCredentials?.username,
    sentinelPassword: address.sentinelCredentials?.password,
    sentinelCommandTimeout: answerMs,
    sentinelRetryStrategy: pause,
    ...(address.tls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
  });
}

function sharedOptions({ tls, credentials }: RedisAddress, name: string, purpose: RedisPurpose): RedisOptions {
  return {
    connectionName: `foyer:${name}`,
    disableClientInfo: true,
    connectTimeout: connectMs,
    keepAlive: keepAliveMs,
    reconnectOnError: whenDemoted(),
    ...credentials,
    ...(tls && { tls: {} }),
    ...(purpose === 'commands'
      ? { maxRetriesPerRequest: 0, autoResendUnfulfilledCommands: false, socketTimeout: answerMs }
      : { maxRetriesPerRequest: null, enableReadyCheck: false }),
  };
}

function clusterOptions({ tls }: ClusterRedis, redisOptions: RedisOptions): ClusterOptions {
  return {
    lazyConnect: true,
    maxRedirections: redirections,
    clusterRetryStrategy: pause,
    slotsRefreshInterval: 5_000,
    redisOptions,
    // Certificates are issued to names, so names are what is connected to.
    ...(tls && { dnsLookup: (host, found) => found(null, host) }),
  };
}

/** A primary that became a replica refuses to write: the new one is found by connecting again. Not more often than once a second. */
function whenDemoted(): (error: Error) => boolean {
  const again = new Seldom(longestPauseMs);
  return ({ message }) => message.includes('READONLY') && again.isTime();
}
