import { createHash } from 'node:crypto';
import type { RedisClient } from './redis-client.js';

/** A Lua script: runs as one atomic command. Redis keeps it under its hash, and gets it anew when it has forgotten it, as after a restart. */
export class RedisScript {
  private readonly hash: string;

  constructor(private readonly lua: string) {
    this.hash = createHash('sha1').update(lua).digest('hex');
  }

  /** @param key what decides the node of a cluster; every key that the script touches must be in the same slot */
  async run(client: RedisClient, key: string, ...args: readonly (string | number)[]): Promise<unknown> {
    try {
      return await client.evalsha(this.hash, 1, key, ...args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return client.eval(this.lua, 1, key, ...args);
    }
  }
}
