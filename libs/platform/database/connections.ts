import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import type { DataSource } from 'typeorm';

/** What a connection to MySQL or MariaDB may make others wait for. */
export interface ConnectionLimits {
  /** Milliseconds in which the server says nothing while it has something to do for us: then the connection counts as lost. */
  readonly silenceMs: number;
  /** Seconds that a statement waits for a row that another transaction has locked, before it is tried again. */
  readonly lockWaitSeconds: number;
  /** Seconds after which a server that hears nothing more of an open transaction gives back what it locked. MariaDB alone knows it. */
  readonly idleTransactionSeconds: number;
}

export const connectionLimits: ConnectionLimits = { silenceMs: 10_000, lockWaitSeconds: 5, idleTransactionSeconds: 30 };

/** The part of a connection of `mysql2` that this needs. */
interface Connection {
  readonly stream: Socket;
  query(sql: string, done: (error: unknown) => void): void;
}

/**
 * Keeps the connections of a pool from hanging: where packets are lost and nobody says so (a cable, a firewall, a failover to another machine), the
 * system would wait a quarter of an hour for an answer, with every login behind it.
 */
export class ConnectionGuard {
  private readonly prepared = new WeakSet<Connection>();
  private patient = 0;

  /** @param source connected to MySQL or MariaDB */
  constructor(
    source: DataSource,
    private readonly limits: ConnectionLimits,
  ) {
    const pool = poolOf(source);
    pool.on('acquire', (connection: unknown) => this.acquired(connectionFrom(connection)));
    pool.on('release', (connection: unknown) => connectionFrom(connection).stream.setTimeout(0));
  }

  /** Silence is no fault while `work` runs: a change of the schema may take an hour. */
  async whilePatient<T>(work: () => Promise<T>): Promise<T> {
    this.patient += 1;
    try {
      return await work();
    } finally {
      this.patient -= 1;
    }
  }

  private acquired(connection: Connection): void {
    if (!this.prepared.has(connection)) this.prepare(connection);
    connection.stream.setTimeout(this.limits.silenceMs);
  }

  /** The first statement of a connection; the one that it is acquired for comes after it. */
  private prepare(connection: Connection): void {
    const { lockWaitSeconds, idleTransactionSeconds } = this.limits;
    this.prepared.add(connection);
    connection.stream.on('timeout', () => {
      if (this.patient === 0) connection.stream.destroy(silence());
    });
    // To MySQL, which has no such variable, what stands between `/*M!` and the end is a comment. A connection that fails tells whoever acquired it.
    const settings = `innodb_lock_wait_timeout = ${lockWaitSeconds} /*M! , idle_transaction_timeout = ${idleTransactionSeconds} */`;
    connection.query(`SET SESSION ${settings}`, () => undefined);
  }
}

const silence = (): Error => Object.assign(new Error('The database does not answer'), { code: 'ETIMEDOUT' });

/** TypeORM keeps the pool of `mysql2` in its driver, without a type. */
function poolOf({ driver }: DataSource): EventEmitter {
  const pool: unknown = 'pool' in driver ? driver.pool : undefined;
  if (isEmitter(pool)) return pool;
  throw new TypeError('This DataSource has no pool of connections');
}

function connectionFrom(value: unknown): Connection {
  if (isConnection(value)) return value;
  throw new TypeError('This is no connection of mysql2');
}

const isEmitter = (value: unknown): value is EventEmitter => value instanceof EventEmitter;
const isConnection = (value: unknown): value is Connection =>
  isEmitter(value) && 'stream' in value && value.stream instanceof Socket && 'query' in value;
