import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const support = (file: string): string => pathToFileURL(join(process.env.BENCH_DIST ?? '', '..', 'test/support', file)).href;

export interface Mariadb {
  readonly pid: number;
  /** Makes an empty database. @returns its address */
  database(name: string): Promise<string>;
  stop(): Promise<void>;
}

/** As in production: what is committed survives a power cut. */
const durable = ['--innodb-flush-log-at-trx-commit=1', '--innodb-doublewrite=1', '--innodb-log-file-size=256M'];

/** A MariaDB of the benchmark's own. */
export async function startMariadb(): Promise<Mariadb> {
  const { startMariadb: start } = (await import(support('mariadb-server.mjs'))) as typeof import('../../support/mariadb-server.mjs');
  const { url, stop } = await start({ args: durable });
  const connection = await createConnection(url);
  const [rows] = await connection.query('SELECT @@pid_file AS file');
  const [row] = rows as { file: string }[];
  await connection.end();
  const database = async (name: string): Promise<string> => {
    const admin = await createConnection(url);
    await admin.query(`CREATE DATABASE ${name}`);
    await admin.end();
    return new URL(name, url).href;
  };
  return { pid: Number(readFileSync(row?.file ?? '', 'utf8')), database, stop };
}

export interface RedisServer {
  readonly url: string;
  readonly pid: number;
  /** The numbers that `INFO` tells, by name. */
  info(): Promise<ReadonlyMap<string, number>>;
  stop(): Promise<void>;
}

/** A Redis of the benchmark's own. */
export async function startRedis(): Promise<RedisServer> {
  const { startRedis: start } = (await import(support('redis-server.mjs'))) as typeof import('../../support/redis-server.mjs');
  const { port, url, stop } = await start();
  const admin = new Redis(port, '127.0.0.1');
  const info = async (): Promise<ReadonlyMap<string, number>> => {
    const lines = (await admin.info('everything')).split('\r\n').map((line) => line.split(':'));
    return new Map(lines.map(([name = '', value]) => [name, Number(value)]));
  };
  const end = (): Promise<void> => {
    admin.disconnect();
    return stop();
  };
  return { url, pid: (await info()).get('process_id') ?? 0, info, stop: end };
}
