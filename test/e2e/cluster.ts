import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { testDatabase } from '../support/mariadb.js';
import { atEnd, TestRedis } from '../support/redis.js';
import { RoundRobin } from '../support/round-robin.js';
import { Site } from './site.js';

/** Several servers on one MariaDB and one Redis, behind a proxy that gives each request to the next of them. */
export class Cluster {
  private constructor(
    readonly proxy: RoundRobin,
    readonly redis: TestRedis,
    readonly sites: readonly Site[],
  ) {}

  /** @param settings what `FOYER_CONFIG` of each holds */
  static async start(settings: object, servers = 2): Promise<Cluster> {
    const [proxy, redis, database] = await Promise.all([RoundRobin.start(), TestRedis.start(), testDatabase()]);
    atEnd(() => proxy.close());
    const env = {
      CLUSTER_REDIS_URL: redis.url,
      FOYER_DATABASE_URL: database.url,
      FOYER_SECRET_KEY: randomBytes(32).toString('base64url'),
      FOYER_PUBLIC_URL: proxy.url,
    };
    const program = join(import.meta.dirname, '../support/cluster-server.mjs');
    const sites = await Promise.all(Array.from({ length: servers }, () => Site.start({ settings, env, program })));
    for (const site of sites) atEnd(() => site.close());
    proxy.servers = sites.map(({ url }) => Number(new URL(url).port));
    return new Cluster(proxy, redis, sites);
  }

  /** Where browsers and applications reach it. */
  get url(): string {
    return this.proxy.url;
  }
}
