import type { QueueOptions } from 'bull';
import { redisPrefix, type RedisClient, type RedisConnections } from '@foyer/platform';

/** The name of the queue: its keys begin with `{foyer}:jobs:`. */
export const queueName = 'jobs';

/** Token of the queue. */
export const JOB_QUEUE = Symbol('JOB_QUEUE');

/** Milliseconds for which Bull believes that a worker is alive. */
export const lockMs = 30_000;

/** What Bull asks Redis through: Foyer's connections, of which it opens and closes some as it likes. */
export class QueueConnections {
  private readonly clients: RedisClient[] = [];

  constructor(private readonly redis: Pick<RedisConnections, 'client'>) {}

  /**
   * How the queue is set up. What has ended is not kept in Redis, nothing is tried again by Bull, and nothing is delayed there: the database decides all
   * that.
   */
  get options(): QueueOptions {
    return {
      prefix: redisPrefix.replace(/:$/, ''),
      createClient: (type) => this.create(type),
      defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
      settings: { lockDuration: lockMs, stalledInterval: lockMs, guardInterval: 60_000, retryProcessDelay: 1_000, drainDelay: 30 },
    };
  }

  /** Called when the queue was closed: it may have connected again to be able to say so. */
  close(): void {
    for (const client of this.clients) {
      const isAway = client.status === 'reconnecting';
      client.disconnect();
      // It does not say so by itself, and Bull would wait for it for ever.
      if (isAway) client.emit('end');
    }
  }

  private create(type: 'client' | 'subscriber' | 'bclient'): RedisClient {
    const purpose = type === 'client' ? 'commands' : type === 'bclient' ? 'blocking' : 'subscriber';
    const client = this.redis.client(`jobs:${type}`, purpose);
    this.clients.push(client);
    // Bull waits for a connection before it asks anything of it.
    client.connect().catch(() => undefined);
    return client;
  }
}
