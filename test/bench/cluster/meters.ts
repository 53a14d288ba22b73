import { cpuMs, machineMs, type Running } from '../login/processes.js';
import type { Ledger } from './ledger.js';
import { workerAccount } from './servers.js';
import type { Shared } from './site.js';

/**
 * What is metered, each a count that only grows. CPU in milliseconds of user and system time; bytes as the server counts them.
 * `machine`: of everything that ran on the machine. `workersInDatabase`:
 * milliseconds that the database spent on statements of workers, and of CPU for them, where workers have an account of their own there; otherwise 0.
 */
export const meters = [
  'serverCpu',
  'workerCpu',
  'databaseCpu',
  'redisCpu',
  'machine',
  'workersInDatabase',
  'workersInDatabaseCpu',
  'statements',
  'commits',
  'databaseIn',
  'databaseOut',
  'redoLog',
  'redisCommands',
  'redisIn',
  'redisOut',
  'redisMemory',
] as const;
export type Reading = Readonly<Record<(typeof meters)[number], number>>;

/** Reads what the parts of a cluster have consumed so far. */
export class Meters {
  constructor(
    private readonly shared: Shared,
    private readonly ledger: Ledger,
    private readonly servers: readonly Running[],
    /** Those that run now. */
    readonly workers: Running[],
  ) {}

  async read(): Promise<Reading> {
    const { mariadb, redis } = this.shared;
    const status = await this.ledger.status();
    const info = await redis.info();
    const ofWorkers = await this.ledger.timeOf(workerAccount);
    const of = (numbers: ReadonlyMap<string, number>, name: string): number => numbers.get(name) ?? Number.NaN;
    const sum = (processes: readonly Running[]): number => processes.reduce((total, { pid }) => total + cpuMs(pid), 0);
    return {
      serverCpu: sum(this.servers),
      workerCpu: sum(this.workers),
      databaseCpu: cpuMs(mariadb.pid),
      redisCpu: cpuMs(redis.pid),
      machine: machineMs(),
      workersInDatabase: ofWorkers.busyMs,
      workersInDatabaseCpu: ofWorkers.cpuMs,
      statements: of(status, 'Questions'),
      commits: of(status, 'Com_commit'),
      databaseIn: of(status, 'Bytes_received'),
      databaseOut: of(status, 'Bytes_sent'),
      redoLog: of(status, 'Innodb_os_log_written'),
      redisCommands: of(info, 'total_commands_processed'),
      redisIn: of(info, 'total_net_input_bytes'),
      redisOut: of(info, 'total_net_output_bytes'),
      redisMemory: of(info, 'used_memory'),
    };
  }

  /** What was consumed while something was done, for each of so many. */
  async during(work: () => Promise<unknown>, count: number): Promise<Reading> {
    const before = await this.read();
    await work();
    const after = await this.read();
    return Object.fromEntries(meters.map((meter) => [meter, (after[meter] - before[meter]) / count])) as Reading;
  }
}
