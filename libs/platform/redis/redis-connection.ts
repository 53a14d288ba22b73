import { answerMs, type RedisClient } from './redis-client.js';
import { redisFault, RedisSilent, redisUnavailable } from './redis-faults.js';

/** Milliseconds for which commands wait for a connection that was lost: a failover of the network, not one of Redis. */
const graceMs = 1_000;
/** Commands that may wait at the same time. */
const mostWaiting = 10_000;

/** A connection for commands that are answered soon, or fail soon: within two seconds, and at once while Redis is away. */
export class RedisConnection {
  private waiting = 0;
  /** As `performance.now()` tells the time. */
  private downSince: number | undefined;

  constructor(private readonly client: RedisClient) {
    const down = (): void => void (this.downSince ??= performance.now());
    client.on('connecting', down).on('close', down);
    client.on('ready', () => (this.downSince = undefined));
  }

  /**
   * Sends what `command` sends.
   * @throws FoyerError of the kind `unavailable` (`redisFault`), when Redis did not, or may not have, carried it out
   */
  run<T>(command: (client: RedisClient) => Promise<T>): Promise<T> {
    const refusal = this.refusal();
    if (refusal) return Promise.reject(redisUnavailable('redis.unavailable', refusal));
    this.waiting += 1;
    return new Promise<T>((resolve, reject) => {
      const late = setTimeout(() => reject(redisFault(new RedisSilent(answerMs))), answerMs);
      const over = (): void => {
        clearTimeout(late);
        this.waiting -= 1;
      };
      command(this.client).then(
        (answer) => {
          over();
          resolve(answer);
        },
        (error: unknown) => {
          over();
          reject(redisFault(error));
        },
      );
    });
  }

  /** Throws when Redis does not answer. */
  async ping(): Promise<void> {
    await this.run((client) => client.ping());
  }

  private refusal(): Error | undefined {
    if (this.waiting >= mostWaiting) return new Error(`${mostWaiting} commands wait for Redis already`);
    const isDown = this.downSince !== undefined && performance.now() - this.downSince > graceMs;
    return isDown ? new Error('There is no connection to Redis') : undefined;
  }
}
