import { createPool, type Pool, type RowDataPacket } from 'mysql2/promise';
import { leashedFolder } from './leashed-server.mjs';
import { startMariadb } from './mariadb-server.mjs';

/** A MariaDB of a test's own that may be killed and started again: what was committed is still there. */
export class DurableMariadb {
  private pool: Pool | undefined;

  private constructor(
    private readonly home: ReturnType<typeof leashedFolder>,
    private readonly database: string,
    readonly port: number,
    private server: Awaited<ReturnType<typeof startMariadb>> | undefined,
  ) {}

  /** @param database the name of an empty one that it begins with */
  static async start(database: string): Promise<DurableMariadb> {
    const home = leashedFolder('foyer-durable-');
    const server = await startMariadb({ home: home.path });
    const started = new DurableMariadb(home, database, server.port, server);
    await started.query(`CREATE DATABASE IF NOT EXISTS ${database}`, '');
    return started;
  }

  /** `mysql://…`, with the right to do anything in the database. */
  get url(): string {
    return `mysql://root@127.0.0.1:${this.port}/${this.database}`;
  }

  /** Asks something while it runs. */
  async query<T extends object>(sql: string, database = this.database): Promise<(T & RowDataPacket)[]> {
    this.pool ??= createPool({ host: '127.0.0.1', port: this.port, user: 'root', supportBigNumbers: true });
    const connection = await this.pool.getConnection();
    try {
      if (database) await connection.query(`USE ${database}`);
      const [rows] = await connection.query<(T & RowDataPacket)[]>(sql);
      return rows;
    } finally {
      connection.release();
    }
  }

  /** Ends it as `kill -9` does. */
  async kill(): Promise<void> {
    await this.letGo();
    await this.server?.kill();
    this.server = undefined;
  }

  /** Starts it again at the same address, with what was committed. */
  async startAgain(): Promise<void> {
    this.server = await startMariadb({ home: this.home.path, port: this.port });
  }

  async close(): Promise<void> {
    await this.letGo();
    await this.server?.stop();
    await this.home.remove();
  }

  private async letGo(): Promise<void> {
    const { pool } = this;
    this.pool = undefined;
    await pool?.end().catch(() => undefined);
  }
}
