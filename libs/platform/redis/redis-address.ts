export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface Credentials {
  /** Absent for the user `default`. */
  readonly username?: string;
  readonly password: string;
}

interface Reached {
  readonly tls: boolean;
  readonly credentials?: Credentials;
}

/** One Redis at a known address. */
export interface SingleRedis extends Reached {
  readonly form: 'single';
  readonly endpoint: Endpoint;
  readonly database: number;
}

/** The primary that Sentinels name. */
export interface SentinelRedis extends Reached {
  readonly form: 'sentinel';
  readonly sentinels: readonly Endpoint[];
  /** The name under which Sentinels know the primary. */
  readonly primary: string;
  readonly database: number;
  /** Of the Sentinels themselves. */
  readonly sentinelCredentials?: Credentials;
}

/** A Redis Cluster, found through some of its nodes. */
export interface ClusterRedis extends Reached {
  readonly form: 'cluster';
  readonly nodes: readonly Endpoint[];
}

/** What `FOYER_REDIS_URL` says. */
export type RedisAddress = SingleRedis | SentinelRedis | ClusterRedis;

const hostAndPort = ({ host, port }: Endpoint): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** An address for the log: who is to be reached, without any password. */
export function describeRedis(address: RedisAddress): string {
  const scheme = address.tls ? 'rediss' : 'redis';
  if (address.form === 'single') return `${scheme}://${hostAndPort(address.endpoint)}/${address.database}`;
  if (address.form === 'cluster') return `${scheme}+cluster://${address.nodes.map(hostAndPort).join(',')}`;
  return `${scheme}+sentinel://${address.sentinels.map(hostAndPort).join(',')}/${address.primary}/${address.database}`;
}
