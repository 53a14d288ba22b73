import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DataSourceOptions, MixedList } from 'typeorm';
import { untilFree } from './until-free.js';

export type Dialect = 'sqlite' | 'mysql';

export interface Schema {
  // TypeORM's own types for what it accepts as a class of an entity or a migration.
  readonly entities: NonNullable<DataSourceOptions['entities']>;
  readonly migrations: MixedList<string | Function>;
}

export const dialectOf = (url: string): Dialect => (url.startsWith('mysql:') ? 'mysql' : 'sqlite');

/** The path in `sqlite:/var/lib/foyer/foyer.db` or `sqlite:foyer.db`. */
const sqliteFile = (url: string): string => decodeURIComponent(url.replace(/^sqlite:(\/\/)?/, ''));

/**
 * TypeORM's options for a database address. SQLite runs with WAL and `synchronous=NORMAL`, which survives a killed process.
 * @param url `sqlite:PATH` or `mysql://user:password@host:port/database`
 * @param role `reader` is a second, read-only connection on SQLite; on MySQL both roles are the same pool
 */
export function dataSourceOptions(url: string, schema: Schema, role: 'writer' | 'reader' = 'writer'): DataSourceOptions {
  const shared = {
    entities: schema.entities,
    migrations: schema.migrations,
    migrationsTableName: 'migrations',
    synchronize: false,
    migrationsRun: false,
    logging: false,
  } as const;
  if (dialectOf(url) === 'mysql') {
    return {
      ...shared,
      type: 'mysql',
      url,
      charset: 'utf8mb4_bin',
      timezone: 'Z',
      supportBigNumbers: true,
      bigNumberStrings: false,
      connectTimeout: 10_000,
      extra: { connectionLimit: 20, queueLimit: 1000 },
    };
  }
  return {
    ...shared,
    type: 'better-sqlite3',
    database: sqliteFile(url),
    timeout: 5_000,
    readonly: role === 'reader',
    statementCacheSize: 500,
    prepareDatabase: async (connection: { pragma(text: string): unknown }) => {
      if (role === 'writer') await untilFree(() => connection.pragma('journal_mode = WAL'));
      connection.pragma('synchronous = NORMAL');
      connection.pragma('foreign_keys = ON');
      // KiB, negative. What a login needs of the indexes fits; the rest is in the cache of the operating system.
      connection.pragma('cache_size = -6000');
      // 16 MiB: a checkpoint waits for the disk, and logins wait for it.
      connection.pragma('wal_autocheckpoint = 4000');
    },
  };
}

/** Makes the folder of a SQLite file, for nobody else to look into: call it before the database is opened. TypeORM would let everybody. */
export function makeFolder(url: string): void {
  if (dialectOf(url) === 'sqlite') mkdirSync(dirname(sqliteFile(url)), { recursive: true, mode: 0o700 });
}
