/** The MariaDB and the Redis of the benchmark, and what they say of themselves. */
import { Redis } from 'ioredis';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { startMariadb, startRedis } from '../cluster/servers.js';

export class Services {
  private constructor(
    readonly databaseUrl: string,
    readonly redisUrl: string,
    readonly mariadbPid: number,
    readonly redisPid: number,
    private readonly sql: Connection,
    private readonly redis: Redis,
    private readonly stops: readonly (() => Promise<void>)[],
  ) {}

  static async start(): Promise<Services> {
    const [mariadb, redis] = await Promise.all([startMariadb(), startRedis()]);
    const databaseUrl = await mariadb.database('bench');
    const sql = await createConnection(databaseUrl);
    return new Services(databaseUrl, redis.url, mariadb.pid, redis.pid, sql, new Redis(redis.url), [
      () => mariadb.stop(),
      () => redis.stop(),
    ]);
  }

  async stop(): Promise<void> {
    await this.sql.end();
    this.redis.disconnect();
    await Promise.all(this.stops.map((stop) => stop()));
  }

  /** How many jobs were done. */
  async done(): Promise<number> {
    const [[row]] = await this.sql.query<RowDataPacket[]>("SELECT COUNT(*) AS jobs FROM jobs WHERE status = 'done'");
    return Number(row?.['jobs']);
  }

  /** Whether any job has not ended: a question that costs the database next to nothing. */
  async areOpen(): Promise<boolean> {
    const [rows] = await this.sql.query<RowDataPacket[]>("SELECT 1 FROM jobs WHERE status IN ('waiting', 'running') LIMIT 1");
    return rows.length > 0;
  }

  /** Forgets all jobs. */
  async clear(): Promise<void> {
    for (const table of ['job_attempts', 'job_subjects', 'jobs']) await this.sql.query(`TRUNCATE TABLE ${table}`);
  }

  /** Statements since the start of the server, less those of this benchmark's own connection. */
  async statements(): Promise<number> {
    const of = async (scope: string): Promise<number> => {
      const [[row]] = await this.sql.query<RowDataPacket[]>(`SHOW ${scope} STATUS LIKE 'Questions'`);
      return Number(row?.['Value']);
    };
    return (await of('GLOBAL')) - (await of('SESSION'));
  }

  /** Commands since the start of Redis. Asking is one itself. */
  async commands(): Promise<number> {
    return Number(/^total_commands_processed:(\d+)/m.exec(await this.redis.info('stats'))?.[1]);
  }

  /** Bytes of Redis that are in use. */
  async redisMemory(): Promise<number> {
    return Number(/^used_memory:(\d+)/m.exec(await this.redis.info('memory'))?.[1]);
  }

  /** How many jobs wait in Redis. */
  async handed(): Promise<number> {
    const [[row]] = await this.sql.query<RowDataPacket[]>("SELECT COUNT(*) AS jobs FROM jobs WHERE stage = 'handed'");
    return Number(row?.['jobs']);
  }

  async emptyRedis(): Promise<void> {
    await this.redis.flushall();
  }
}
