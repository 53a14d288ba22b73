import * as parse from './parsers.js';
import type { Parser } from './parsers.js';
import { maskedUrl, redisUrl } from './redis-url.js';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const year = 366 * day;

/** One variable of the environment. */
export interface Variable<T> {
  readonly name: string;
  /** What to write, for the documentation. */
  readonly type: string;
  readonly parse: Parser<T>;
  /** Parsed in place of the value when the variable is absent or empty; without one it reads as undefined. */
  readonly default?: string;
  /** What the documentation says of the default, where it depends on other variables. */
  readonly defaultInWords?: string;
  readonly documentation: string;
  /** Its value is never shown. */
  readonly secret?: boolean;
  /** What may be shown of a secret value. */
  readonly masked?: (text: string) => string;
}

/** Keep the type of `parse`, which is undefined for an absent variable without a default. */
const variable = <T>(declared: Variable<T> & { default: string }): Variable<T> => declared;
const optional = <T>(declared: Variable<T> & { default?: never }): Variable<T | undefined> => declared;

const lifetime = (name: string, seconds: number, longest: number, documentation: string): Variable<number> => ({
  name: `FOYER_LIFETIME_${name}`,
  type: 'seconds',
  parse: parse.integer(1, longest),
  default: String(seconds),
  documentation,
});

/** Every setting of a process, once. `load.ts` reads them; the settings reference is generated from them. */
export const variables = {
  port: variable({
    name: 'PORT',
    type: 'port',
    parse: parse.integer(0, 65_535),
    default: '8080',
    documentation: 'The port to listen on.',
  }),
  publicUrl: optional({
    name: 'FOYER_PUBLIC_URL',
    type: 'origin',
    parse: parse.publicOrigin,
    defaultInWords: 'http://localhost:{PORT}',
    documentation: 'Where browsers and applications reach Foyer: the OIDC issuer. https, unless it is on this machine.',
  }),
  dataDir: variable({
    name: 'FOYER_DATA_DIR',
    type: 'path',
    parse: parse.path,
    default: './data',
    documentation: 'Where Foyer keeps its files: the SQLite databases and the generated secret key.',
  }),
  databaseUrl: optional({
    name: 'FOYER_DATABASE_URL',
    type: 'URL',
    parse: parse.databaseUrl,
    defaultInWords: 'sqlite:{FOYER_DATA_DIR}/foyer.db',
    documentation: 'The database: `sqlite:PATH` or `mysql://user:password@host:port/database` (MySQL 8, MariaDB 10.11 or later).',
    secret: true,
  }),
  redisUrl: optional({
    name: 'FOYER_REDIS_URL',
    type: 'URL',
    parse: redisUrl,
    documentation:
      'Makes a cluster of any number of servers and workers, which share this Redis: `redis[s]://host`, `redis[s]+sentinel://h1:p,h2:p/master/0` or `redis[s]+cluster://h1:p,h2:p`. Needs a MySQL or MariaDB and `FOYER_SECRET_KEY`.',
    secret: true,
    masked: maskedUrl,
  }),
  configFile: optional({
    name: 'FOYER_CONFIG',
    type: 'path',
    parse: parse.path,
    documentation: 'A YAML file with user stores, identity providers and applications that is applied at every start.',
  }),
  secretKey: optional({
    name: 'FOYER_SECRET_KEY',
    type: '32 bytes, base64url',
    parse: parse.secretKey,
    defaultInWords: 'generated into {FOYER_DATA_DIR}/secret.key',
    documentation: 'Encrypts secrets at rest. Without it nothing that is stored encrypted can be read any more: keep it, and keep it safe.',
    secret: true,
  }),
  adminPassword: optional({
    name: 'FOYER_ADMIN_PASSWORD',
    type: 'text',
    parse: parse.text(1, 1024),
    defaultInWords: 'generated and printed once',
    documentation: 'Password of the first administrator, the user `admin` in `PRIMARY`. Read when that user is created.',
    secret: true,
  }),
  adminClientSecret: optional({
    name: 'FOYER_ADMIN_CLIENT_SECRET',
    type: 'text',
    parse: parse.text(32, 1024),
    documentation: 'Enables the client `foyer-admin`, with which scripts reach the admin API. At least 32 characters.',
    secret: true,
  }),
  themeDir: optional({
    name: 'FOYER_THEME_DIR',
    type: 'path',
    parse: parse.path,
    documentation: 'Templates, messages and static files that override those of the built-in pages.',
  }),
  outgoingAllow: optional({
    name: 'FOYER_OUTGOING_ALLOW',
    type: 'hosts and networks',
    parse: parse.hostsAndCidrs,
    defaultInWords: 'loopback while FOYER_PUBLIC_URL is on loopback, otherwise none',
    documentation:
      'What outgoing requests may reach although it is private, loopback or plain http, such as `idp.internal,10.0.0.0/8`. Link-local and cloud metadata addresses are never reached.',
  }),
  rateLimitPerAddress: variable({
    name: 'FOYER_RATE_LIMIT_PER_ADDRESS',
    type: 'requests a second',
    parse: parse.integer(0, 1_000_000),
    default: '0',
    documentation: 'How many requests one address may make, 0 for any number. Failed logins are limited whatever stands here.',
  }),
  trustedProxies: variable({
    name: 'FOYER_TRUSTED_PROXIES',
    type: 'networks',
    parse: parse.cidrs,
    default: '',
    documentation: 'Proxies whose `X-Forwarded-*` headers count, such as `10.0.0.0/8`.',
  }),
  keepAliveSeconds: variable({
    name: 'FOYER_KEEP_ALIVE_SECONDS',
    type: 'seconds',
    parse: parse.integer(1, 3_600),
    default: '75',
    documentation:
      'How long a connection stays open without a request: longer than a proxy in front keeps it, or a request meets a connection that is just being closed.',
  }),
  drainSeconds: optional({
    name: 'FOYER_DRAIN_SECONDS',
    type: 'seconds',
    parse: parse.integer(0, 300),
    defaultInWords: '5 in a cluster, otherwise 0',
    documentation:
      'How long a server that gets SIGTERM goes on answering while `/health/ready` says 503: as long as load balancers need to notice. SIGINT (Ctrl-C) does not wait.',
  }),
  logLevel: variable({
    name: 'FOYER_LOG_LEVEL',
    type: 'level',
    parse: parse.oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    default: 'info',
    documentation: 'The least severe level that is logged.',
  }),
  lifetimeCode: lifetime('CODE', minute, 10 * minute, 'How long an authorization code can be redeemed.'),
  lifetimeAccessToken: lifetime('ACCESS_TOKEN', hour, day, 'How long an access token is accepted.'),
  lifetimeIdToken: lifetime('ID_TOKEN', hour, day, 'How long an ID token is valid.'),
  lifetimeRefreshToken: lifetime('REFRESH_TOKEN', 14 * day, year, 'How long a refresh token can be used after its last use.'),
  lifetimeSession: lifetime('SESSION', 8 * hour, 90 * day, 'How long a person stays logged in at Foyer.'),
  lifetimeLogin: lifetime('LOGIN', 30 * minute, day, 'How long a login may take from the request to the answer.'),
  signingKeyDays: variable({
    name: 'FOYER_SIGNING_KEY_DAYS',
    type: 'days',
    parse: parse.integer(1, 3_650),
    default: '90',
    documentation: 'The age at which a signing key is replaced.',
  }),
  loginDays: variable({
    name: 'FOYER_LOGIN_DAYS',
    type: 'days',
    parse: parse.integer(1, 36_500),
    default: '400',
    documentation: 'How long a login is kept in the log of logins.',
  }),
  journalDays: variable({
    name: 'FOYER_JOURNAL_DAYS',
    type: 'days',
    parse: parse.integer(1, 36_500),
    default: '400',
    documentation: 'How long an entry of the journal is kept.',
  }),
  jobConcurrency: variable({
    name: 'FOYER_JOB_CONCURRENCY',
    type: 'jobs',
    parse: parse.integer(1, 1_000),
    default: '8',
    documentation: 'How many jobs a process does at the same time: a worker, or a server that has no Redis.',
  }),
  jobHours: variable({
    name: 'FOYER_JOB_HOURS',
    type: 'hours',
    parse: parse.integer(1, 87_600),
    default: '24',
    documentation: 'How long a job is listed after it has ended. One that was given up stays until it is retried or discarded.',
  }),
};

export type Variables = typeof variables;

/** A row of the settings reference. */
export interface SettingsRow {
  readonly name: string;
  readonly type: string;
  readonly default: string;
  readonly documentation: string;
  readonly secret: boolean;
}

/** All variables, in the order of the settings reference. */
export const settingsTable = (): SettingsRow[] =>
  Object.values(variables).map((declared: Variable<unknown>) => ({
    name: declared.name,
    type: declared.type,
    default: declared.defaultInWords ?? declared.default ?? '',
    documentation: declared.documentation,
    secret: declared.secret ?? false,
  }));

/** What the variables say, before what depends on each other is filled in. */
export type Read = { readonly [K in keyof Variables]: ReturnType<Variables[K]['parse']> };
