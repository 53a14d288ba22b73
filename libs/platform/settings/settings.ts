import type { RedisAddress } from '../redis/redis-address.js';

/** All settings of a process, validated. Declared with their variables, defaults and documentation in `declaration.ts`. */
export interface Settings {
  /** The port to listen on; 0 lets the system choose. */
  readonly port: number;
  /** Where browsers and applications reach Foyer, without a trailing slash: the OIDC issuer. */
  readonly publicUrl: string;
  /** An absolute path. */
  readonly dataDir: string;
  /** `sqlite:PATH` or `mysql://…`. */
  readonly databaseUrl: string;
  /** Makes a cluster: any number of processes, which share their short-lived state. Then the database is `mysql://…`. */
  readonly redis: RedisAddress | undefined;
  /** A YAML file that is applied at start. */
  readonly configFile: string | undefined;
  /** 32 bytes. Generated into the data directory in embedded mode. */
  readonly secretKey: Buffer;
  /** Password of the first administrator; generated and printed once when absent. */
  readonly adminPassword: string | undefined;
  /** Enables the client `foyer-admin`. */
  readonly adminClientSecret: string | undefined;
  readonly themeDir: string | undefined;
  /** Hosts and CIDRs that outgoing requests may reach although they are private, loopback or plain http. */
  readonly outgoingAllow: readonly string[];
  /** Requests a second and address; 0 is off. */
  readonly rateLimitPerAddress: number;
  /** CIDRs of proxies whose `X-Forwarded-*` headers count. */
  readonly trustedProxies: readonly string[];
  /** Seconds for which a connection stays open without a request. */
  readonly keepAliveSeconds: number;
  /** Seconds for which a server that is told to stop goes on answering, while `/health/ready` says 503. */
  readonly drainSeconds: number;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  /** Lifetimes in seconds. */
  readonly lifetimes: {
    readonly code: number;
    readonly accessToken: number;
    readonly idToken: number;
    /** Since its last use. */
    readonly refreshToken: number;
    readonly session: number;
    readonly login: number;
  };
  /** Age in days after which a signing key is replaced. */
  readonly signingKeyDays: number;
  /** Days after which a login is removed from the log of logins. */
  readonly loginDays: number;
  /** Days after which an entry of the journal is removed. */
  readonly journalDays: number;
  /** Jobs that a process does at the same time, if it does any. */
  readonly jobConcurrency: number;
  /** Hours after which a job that ended is removed. */
  readonly jobHours: number;
}

/** Nest token of {@link Settings}. */
export const SETTINGS = Symbol('Settings');
