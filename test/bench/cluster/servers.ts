import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { readFileSync } from 'node:fs';
import { startMariadb as start, startRedis as startRedisServer } from '../login/support.js';

export interface Mariadb {
  readonly pid: number;
  /** Makes an empty database. @returns its address */
  database(name: string): Promise<string>;
  /** Begins to count the time of statements by account, and makes one for workers. @returns the same address, for them */
  forWorkers(address: string): Promise<string>;
  stop(): Promise<void>;
}

/** As in production: what is committed survives a power cut. */
const durable = ['--innodb-flush-log-at-trx-commit=1', '--innodb-doublewrite=1', '--innodb-log-file-size=256M'];

/** The name of the workers' account, where they have one of their own. */
export const workerAccount = 'worker';

/** A MariaDB of the benchmark's own. */
export async function startMariadb(): Promise<Mariadb> {
  const { url, stop } = await start({ args: durable });
  const connection = await createConnection(url);
  const [rows] = await connection.query('SELECT @@pid_file AS file');
  const [row] = rows as { file: string }[];
  await connection.end();
  const administer = async (...statements: readonly string[]): Promise<void> => {
    const admin = await createConnection(url);
    for (const statement of statements) await admin.query(statement);
    await admin.end();
  };
  const database = async (name: string): Promise<string> => {
    await administer(`CREATE DATABASE ${name}`);
    return new URL(name, url).href;
  };
  const forWorkers = async (address: string): Promise<string> => {
    const account = `${workerAccount}@127.0.0.1`;
    await administer('SET GLOBAL userstat = ON', `CREATE USER ${account}`, `GRANT ALL ON *.* TO ${account}`);
    return Object.assign(new URL(address), { username: workerAccount }).href;
  };
  return { pid: Number(readFileSync(row?.file ?? '', 'utf8')), database, forWorkers, stop };
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
  const { port, url, stop } = await startRedisServer();
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
