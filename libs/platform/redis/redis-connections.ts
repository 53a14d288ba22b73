import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from 'ioredis';
import { Seldom } from '../background/seldom.js';
import { FoyerError } from '../errors/foyer-error.js';
import type { Logger } from '../observability/logger.js';
import { describeRedis, type RedisAddress } from './redis-address.js';
import { createRedisClient, type RedisClient, type RedisPurpose } from './redis-client.js';
import { RedisConnection } from './redis-connection.js';
import { redisFault } from './redis-faults.js';
import { factsOf, unfitness, type RedisFacts } from './redis-fitness.js';

const complaintEveryMs = 60_000;
const betweenAttemptsMs = 500;
/** Clocks may differ by as much without a word. */
const tolerableSkewMs = 10_000;
/** What may pass by itself while Redis starts next to us. */
const passing = new Set(['redis.unavailable', 'redis.slow']);

/** All keys and channels of Foyer begin with it: in a Redis Cluster everything is in one slot, so that scripts may touch all of it. */
export const redisPrefix = '{foyer}:';

/** The way to Redis: makes connections to what `FOYER_REDIS_URL` says, looks whether it is fit to be relied on, and closes them all. */
export class RedisConnections {
  private readonly clients = new Map<RedisClient, RedisPurpose>();
  private readonly connections = new Map<string, RedisConnection>();
  private readonly complaints = new Seldom(complaintEveryMs);
  private isAway = false;
  /** Why there is no connection: commands are told only that there is none. */
  private lastError: unknown;

  constructor(
    private readonly address: RedisAddress,
    private readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>,
  ) {}

  /** The connection of this name for commands that are answered soon or fail soon. @param name what `CLIENT LIST` shows */
  connection(name: string): RedisConnection {
    const connection = this.connections.get(name) ?? new RedisConnection(this.client(name, 'commands'));
    this.connections.set(name, connection);
    return connection;
  }

  /** A further connection of ioredis, which connects with its first command. It is closed with the others. */
  client(name: string, purpose: RedisPurpose): RedisClient {
    const client = createRedisClient(this.address, name, purpose);
    this.clients.set(client, purpose);
    client.on('error', (error: unknown) => this.complain(error));
    if (isCluster(client)) client.on('node error', (error: unknown) => this.complain(error));
    client.on('ready', () => this.rejoice());
    client.once('end', () => this.clients.delete(client));
    return client;
  }

  /**
   * Waits for a Redis that is still starting, and looks whether it is fit.
   * @throws FoyerError `redis.evicts`, `redis.tooOld`, `redis.readOnly`, `redis.refused`, or `redis.unavailable` when it does not come
   */
  async start(patienceMs = 30_000): Promise<void> {
    for (const until = performance.now() + patienceMs; ; await delay(betweenAttemptsMs)) {
      const fault = await this.inspect().then(() => undefined, redisFault);
      if (fault === undefined) return;
      if (!(fault instanceof FoyerError)) throw fault;
      if (!passing.has(fault.code) || performance.now() > until) throw this.explained(fault);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.clients].map(([client, purpose]) => end(client, purpose)));
  }

  /** Every node of a cluster, because any can get to have our slot. */
  private async inspect(): Promise<void> {
    const purpose = 'commands';
    const client = this.client('start', purpose);
    try {
      const connection = new RedisConnection(client);
      await connection.ping();
      if (!isCluster(client)) return this.judge(await connection.run(() => factsOf(client)), describeRedis(this.address));
      for (const node of client.nodes()) {
        this.judge(await connection.run(() => factsOf(node)), `redis://${node.options.host}:${node.options.port}`);
      }
    } finally {
      await end(client, purpose);
    }
  }

  private judge(facts: RedisFacts, node: string): void {
    const unfit = unfitness(facts, node);
    if (unfit) throw unfit;
    if (facts.isReplica && this.address.form === 'single') {
      throw new FoyerError(
        'unavailable',
        'redis.readOnly',
        `${node} is a replica, which nothing can be written to: name the primary, or its Sentinels.`,
      );
    }
    if (Math.abs(facts.clockAheadMs) > tolerableSkewMs) {
      this.logger.warn(
        { node, aheadMs: facts.clockAheadMs },
        'The clocks of this machine and of Redis differ: set them by one time server',
      );
    }
  }

  private explained(fault: FoyerError): FoyerError {
    const reasons: Readonly<Record<string, string>> = {
      'redis.refused': 'refuses the user, the password or a command: look at FOYER_REDIS_URL and at the ACL of Redis',
      'redis.unavailable': 'does not answer: look at FOYER_REDIS_URL, and whether Redis runs',
      'redis.slow': 'does not answer in time',
    };
    const reason = reasons[fault.code];
    if (reason === undefined) return fault;
    return new FoyerError('unavailable', fault.code, `${describeRedis(this.address)} ${reason}.`, { cause: this.lastError ?? fault.cause });
  }

  /** At most once a minute, because each attempt of each connection fails. */
  private complain(error: unknown): void {
    this.lastError = error;
    if (!this.complaints.isTime()) return;
    this.isAway = true;
    this.logger.warn({ err: error, redis: describeRedis(this.address) }, 'Redis cannot be reached; trying again');
  }

  private rejoice(): void {
    if (!this.isAway) return;
    this.isAway = false;
    this.logger.info({ redis: describeRedis(this.address) }, 'Redis can be reached again');
  }
}

const isCluster = (client: RedisClient): client is Cluster => client.isCluster;

/** Lets commands finish that were sent. Who listens or waits for work has nothing to finish. */
async function end(client: RedisClient, purpose: RedisPurpose): Promise<void> {
  if (purpose === 'commands' && client.status === 'ready') await client.quit().catch(() => undefined);
  client.disconnect();
}
