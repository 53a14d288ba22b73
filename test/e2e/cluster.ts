import { randomBytes } from 'node:crypto';
import { RoundRobin } from '../../apps/demo/round-robin.js';
import { testDatabase } from '../support/mariadb.js';
import { atEnd, TestRedis } from '../support/redis.js';
import { Site } from './site.js';

export interface ClusterOptions {
  /** What `FOYER_CONFIG` of each server holds. */
  readonly settings: object;
  /** 2 unless told. */
  readonly servers?: number;
  /** `FOYER_REDIS_URL`; a Redis of its own unless told. */
  readonly redisUrl?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Further variables of one of the servers. */
  readonly envOf?: (server: number) => Readonly<Record<string, string>>;
  /** Milliseconds between the proxy's questions whether a server is ready; it asks nothing unless told. */
  readonly checkEveryMs?: number;
}

/** Several servers on one MariaDB and one Redis, behind a proxy that gives each request to the next of them. */
export class Cluster {
  private constructor(
    readonly proxy: RoundRobin,
    readonly sites: readonly Site[],
    readonly databaseUrl: string,
    private readonly ownRedis: TestRedis | undefined,
  ) {}

  static async start({ settings, servers = 2, redisUrl, env = {}, envOf, checkEveryMs }: ClusterOptions): Promise<Cluster> {
    const redis = redisUrl === undefined ? await TestRedis.start() : undefined;
    const [proxy, database] = await Promise.all([RoundRobin.start({ checkEveryMs }), testDatabase()]);
    atEnd(() => proxy.close());
    const shared = {
      FOYER_REDIS_URL: redisUrl ?? redis?.url ?? '',
      FOYER_DATABASE_URL: database.url,
      FOYER_SECRET_KEY: randomBytes(32).toString('base64url'),
      FOYER_PUBLIC_URL: proxy.url,
      // Nobody but a proxy that asks whether servers are ready gains anything from one that lingers.
      FOYER_DRAIN_SECONDS: '0',
      ...env,
    };
    const sites = await Promise.all(
      Array.from({ length: servers }, (_, server) => Site.start({ settings, env: { ...shared, ...envOf?.(server) } })),
    );
    for (const site of sites) atEnd(() => site.close());
    proxy.servers = sites.map(({ port }) => port);
    return new Cluster(proxy, sites, database.url, redis);
  }

  /** Where browsers and applications reach it. */
  get url(): string {
    return this.proxy.url;
  }

  /** @throws Error when somebody else's Redis is used */
  get redis(): TestRedis {
    if (!this.ownRedis) throw new Error('This cluster was given its Redis');
    return this.ownRedis;
  }
}
