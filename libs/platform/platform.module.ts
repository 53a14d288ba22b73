import { Module, Optional, type DynamicModule, type OnApplicationShutdown, type Provider } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { CLOCK, systemClock, type Clock } from './clock.js';
import { Vault } from './crypto/vault.js';
import { Database } from './database/database.js';
import { DatabaseClock } from './database/database-clock.js';
import { dataSourceOptions, dialectOf, makeFolder, type Schema } from './database/options.js';
import { REVISION_ANNOUNCEMENTS, SettingsRevision } from './database/settings-revision.js';
import { errorCode } from './errors/error-code.js';
import { ClientAddresses } from './http/client-address.js';
import { Cookies } from './http/cookies.js';
import { OpenAnswers } from './http/open-answers.js';
import { ProblemFilter } from './http/problem-filter.js';
import { RateLimits } from './http/rate-limits.js';
import { createLogger, LOGGER, type Logger } from './observability/logger.js';
import { Metrics } from './observability/metrics.js';
import { OperationsController } from './observability/operations.controller.js';
import { Readiness } from './observability/readiness.js';
import { Outgoing } from './outgoing/outgoing.js';
import { RedisAnnouncements } from './redis/redis-announcements.js';
import type { RedisAddress } from './redis/redis-address.js';
import { RedisConnections } from './redis/redis-connections.js';
import { SETTINGS, type Settings } from './settings/settings.js';
import { DatabaseState } from './state/database-state.js';
import { RedisState } from './state/redis-state.js';
import { SHORT_LIVED_STATE } from './state/short-lived-state.js';
import { SplitState } from './state/split-state.js';
import { SqliteState } from './state/sqlite-state.js';
import { StateSweeper } from './state/state-sweeper.js';
import { ThemeFiles, themeRoots } from './themes/theme-files.js';
import { loggedProblems } from './themes/theme-problems.js';
import { ThemeRenderer } from './themes/theme-renderer.js';

export interface PlatformOptions {
  readonly settings: Settings;
  /** The entities and migrations of Foyer's own database. */
  readonly schema: Schema;
  /** The kinds of short-lived state that a cluster must not lose with its Redis. */
  readonly durableState?: readonly string[];
  /**
   * Whether this process takes away what has expired: one that watches what does (`StateSweeper`), because others would take it away unseen.
   * Default: true.
   */
  readonly sweepsState?: boolean;
  /** Default: one that writes to standard output at the level of the settings. */
  readonly logger?: Logger;
}

const reader = 'reader';
/** A database server that is still starting, next to us. Anything else stops our start at once. */
const worthRetrying = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ECONNRESET']);
const retry = { retryAttempts: 10, retryDelay: 3_000, toRetry: (error: unknown) => worthRetrying.has(errorCode(error)) };

/** What every lib stands on, for the whole application: settings, database (migrated before anybody gets it), state, secrets, edge, log, metrics. */
@Module({})
export class PlatformModule implements OnApplicationShutdown {
  constructor(
    private readonly outgoing: Outgoing,
    @Optional() private readonly redis?: RedisConnections,
  ) {}

  static forRoot({ settings, schema, logger, durableState = [], sweepsState = true }: PlatformOptions): DynamicModule {
    const { redis } = settings;
    const state = redis ? sharedState(redis, durableState) : [ownState(settings)];
    const sweeper = sweepsState ? [StateSweeper] : [];
    const providers = [...basics(settings, logger), ...database(settings), ...state, ...edge, ...sweeper];
    return {
      module: PlatformModule,
      global: true,
      imports: databaseModules(settings.databaseUrl, schema),
      controllers: [OperationsController],
      providers,
      exports: providers,
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.outgoing.close();
    await this.redis?.close();
  }
}

/** On SQLite a second, read-only DataSource, which opens the file that the first one has created. On MySQL one is enough. */
function databaseModules(url: string, schema: Schema): DynamicModule[] {
  const opening = (): TypeOrmModuleOptions => {
    makeFolder(url);
    return { ...dataSourceOptions(url, schema), ...retry };
  };
  const writer = TypeOrmModule.forRootAsync({ useFactory: opening });
  if (dialectOf(url) === 'mysql') return [writer];
  const options = (): ReturnType<typeof dataSourceOptions> => dataSourceOptions(url, schema, 'reader');
  return [writer, TypeOrmModule.forRootAsync({ name: reader, inject: [getDataSourceToken()], useFactory: options })];
}

function basics(settings: Settings, logger?: Logger): Provider[] {
  return [
    { provide: SETTINGS, useValue: settings },
    clock(settings),
    { provide: LOGGER, useValue: logger ?? createLogger(settings) },
    { provide: Metrics, useValue: new Metrics() },
    Readiness,
    { provide: Vault, useValue: new Vault(settings.secretKey) },
    { provide: Outgoing, useFactory: () => new Outgoing(settings.outgoingAllow) },
  ];
}

/** A SQLite file has no clock of its own, and one machine. */
function clock({ databaseUrl }: Settings): Provider {
  if (dialectOf(databaseUrl) === 'sqlite') return { provide: CLOCK, useValue: systemClock };
  return {
    provide: CLOCK,
    inject: [Database, LOGGER, Metrics],
    useFactory: (opened: Database, logger: Logger, metrics: Metrics): Promise<Clock> => DatabaseClock.read(opened, logger, metrics),
  };
}

function database(settings: Settings): Provider[] {
  const dialect = dialectOf(settings.databaseUrl);
  return [
    {
      provide: Database,
      inject: [getDataSourceToken(), getDataSourceToken(dialect === 'mysql' ? undefined : reader)],
      useFactory: async (writing: DataSource, reading: DataSource): Promise<Database> => {
        const opened = new Database(dialect, writing, reading);
        await opened.migrate();
        return opened;
      },
    },
    SettingsRevision,
  ];
}

/** One server's short-lived state is a file that it has for itself. */
const ownState = ({ dataDir }: Settings): Provider => ({
  provide: SHORT_LIVED_STATE,
  inject: [CLOCK],
  useFactory: (time: Clock) => SqliteState.open(join(dataDir, 'state.db'), time),
});

/** A cluster's is in Redis, and what must outlive that in the database. Nobody gets a Redis that is not fit for it. */
const sharedState = (address: RedisAddress, durable: readonly string[]): Provider[] => [
  {
    provide: RedisConnections,
    inject: [LOGGER],
    useFactory: async (logger: Logger): Promise<RedisConnections> => {
      const connections = new RedisConnections(address, logger);
      await connections.start();
      return connections;
    },
  },
  {
    provide: SHORT_LIVED_STATE,
    inject: [RedisConnections, Database, CLOCK],
    useFactory: (redis: RedisConnections, inDatabase: Database, clock: Clock) =>
      new SplitState(new RedisState(redis.connection('state'), clock), new DatabaseState(inDatabase, clock), durable),
  },
  {
    provide: REVISION_ANNOUNCEMENTS,
    inject: [RedisConnections],
    useFactory: (redis: RedisConnections) => new RedisAnnouncements(redis),
  },
];

const edge: Provider[] = [
  { provide: ClientAddresses, inject: [SETTINGS], useFactory: ({ trustedProxies }: Settings) => new ClientAddresses(trustedProxies) },
  {
    provide: ThemeFiles,
    inject: [SETTINGS, LOGGER],
    useFactory: ({ themeDir }: Settings, logger: Logger) => new ThemeFiles(themeRoots(themeDir), { problems: loggedProblems(logger) }),
  },
  { provide: ThemeRenderer, inject: [ThemeFiles], useFactory: (files: ThemeFiles) => new ThemeRenderer(files) },
  Cookies,
  RateLimits,
  ProblemFilter,
  OpenAnswers,
];
