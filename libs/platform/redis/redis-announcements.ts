import type { RevisionAnnouncements } from '../database/settings-revision.js';
import { redisPrefix, type RedisConnections } from './redis-connections.js';
import type { RedisConnection } from './redis-connection.js';

const channel = `${redisPrefix}settings`;

/** Carries word of changed settings by publish and subscribe. */
export class RedisAnnouncements implements RevisionAnnouncements {
  private readonly publisher: RedisConnection;

  constructor(private readonly connections: RedisConnections) {
    this.publisher = connections.connection('state');
  }

  async announce(): Promise<void> {
    // Whoever is not told looks a moment later, and that Redis is away is in the log.
    await this.publisher.run((client) => client.publish(channel, '')).catch(() => undefined);
  }

  onAnnounced(listener: () => void): void {
    const subscriber = this.connections.client('subscriber', 'subscriber');
    subscriber.on('message', listener);
    // Also after a connection that was lost: what was said meanwhile was not heard.
    subscriber.on('ready', listener);
    void subscriber.subscribe(channel).catch(() => undefined);
  }
}
