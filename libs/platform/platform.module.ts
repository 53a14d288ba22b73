import { Module, type DynamicModule, type OnApplicationShutdown, type Provider } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { CLOCK, systemClock } from './clock.js';
import { Vault } from './crypto/vault.js';
import { Database } from './database/database.js';
import { dataSourceOptions, dialectOf, makeFolder, type Schema } from './database/options.js';
import { SettingsRevision } from './database/settings-revision.js';
import { errorCode } from './errors/error-code.js';
import { ClientAddresses } from './http/client-address.js';
import { Cookies } from './http/cookies.js';
import { ProblemFilter } from './http/problem-filter.js';
import { RateLimits } from './http/rate-limits.js';
import { createLogger, LOGGER, type Logger } from './observability/logger.js';
import { Metrics } from './observability/metrics.js';
import { OperationsController } from './observability/operations.controller.js';
import { Outgoing } from './outgoing/outgoing.js';
import { SETTINGS, type Settings } from './settings/settings.js';
import { SHORT_LIVED_STATE } from './state/short-lived-state.js';
import { SqliteState } from './state/sqlite-state.js';
import { StateSweeper } from './state/state-sweeper.js';
import { ThemeFiles, themeRoots } from './themes/theme-files.js';
import { loggedProblems } from './themes/theme-problems.js';
import { ThemeRenderer } from './themes/theme-renderer.js';

export interface PlatformOptions {
  readonly settings: Settings;
  /** The entities and migrations of Foyer's own database. */
  readonly schema: Schema;
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
  constructor(private readonly outgoing: Outgoing) {}

  static forRoot({ settings, schema, logger }: PlatformOptions): DynamicModule {
    const providers = [...basics(settings, logger), ...storage(settings), ...edge];
    return {
      module: PlatformModule,
      global: true,
      imports: databaseModules(settings.databaseUrl, schema),
      controllers: [OperationsController],
      providers: [...providers, StateSweeper],
      exports: [...providers, StateSweeper],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.outgoing.close();
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
    { provide: CLOCK, useValue: systemClock },
    { provide: LOGGER, useValue: logger ?? createLogger(settings) },
    { provide: Metrics, useValue: new Metrics() },
    { provide: Vault, useValue: new Vault(settings.secretKey) },
    { provide: Outgoing, useFactory: () => new Outgoing(settings.outgoingAllow) },
  ];
}

function storage(settings: Settings): Provider[] {
  const dialect = dialectOf(settings.databaseUrl);
  return [
    {
      provide: Database,
      inject: [getDataSourceToken(), getDataSourceToken(dialect === 'mysql' ? undefined : reader)],
      useFactory: async (writing: DataSource, reading: DataSource): Promise<Database> => {
        const database = new Database(dialect, writing, reading);
        await database.migrate();
        return database;
      },
    },
    SettingsRevision,
    { provide: SHORT_LIVED_STATE, useFactory: () => SqliteState.open(join(settings.dataDir, 'state.db')) },
  ];
}

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
];
