import { median, printTable, quantile } from '../login/table.js';
import { meters, type Reading } from './meters.js';
import type { Way } from './settings.js';

/** `repeat`: of somebody who has the account. */
export const phases = ['first', 'repeat'] as const;
export type Phase = (typeof phases)[number];

interface Kind {
  readonly phase: Phase;
  readonly way: Way;
  readonly servers: number;
}

interface Sample {
  /** Of one login. */
  readonly cost: Reading;
  readonly durations: readonly number[];
  readonly elapsedMs: number;
}

const kinds: readonly Kind[] = phases.flatMap((phase) =>
  (['blocking', 'non-blocking'] as const).flatMap((way) => [1, 2].map((servers) => ({ phase, way, servers }))),
);
const nameOf = ({ phase, way, servers }: Kind): string => `${phase} ${way} ${servers}`;

/** The medians of readings, each meter by itself. */
export const typical = (readings: readonly Reading[]): Reading =>
  Object.fromEntries(meters.map((meter) => [meter, median(readings.map((reading) => reading[meter]))])) as Reading;

export const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(1);

/** What logins cost, and the tables of it. */
export class Costs {
  private readonly samples = new Map<string, Sample[]>();

  add(kind: Kind, sample: Sample): void {
    this.samples.set(nameOf(kind), [...this.of(kind), sample]);
  }

  print(): void {
    console.log('### What a login costs: CPU\n');
    const cpu = ['server', 'worker', 'database', 'Redis'].map((part) => `${part} ms`);
    printTable(['login', 'provisioning', 'servers', 'logins/s', 'p50 ms', 'p95 ms', ...cpu, 'all ms'], kinds.map(this.cpuRow));
    console.log('\n### What a login costs: statements, commands and bytes\n');
    const database = ['statements', 'commits', 'KB to database', 'KB from it', 'KB of redo log'];
    const redis = ['Redis commands', 'KB to Redis', 'KB from it', 'KB kept in it'];
    printTable(['login', 'provisioning', ...database, ...redis], kinds.filter(({ servers }) => servers === 1).map(this.trafficRow));
  }

  private readonly of = (kind: Kind): readonly Sample[] => this.samples.get(nameOf(kind)) ?? [];

  private readonly cpuRow = (kind: Kind): string[] => {
    const samples = this.of(kind);
    const { serverCpu, workerCpu, databaseCpu, redisCpu } = typical(samples.map(({ cost }) => cost));
    const at = (q: number): string => median(samples.map(({ durations }) => quantile(durations, q))).toFixed(0);
    const perSecond = median(samples.map(({ durations, elapsedMs }) => (1000 * durations.length) / elapsedMs));
    const cpu = [serverCpu, workerCpu, databaseCpu, redisCpu, serverCpu + workerCpu + databaseCpu + redisCpu];
    return [kind.phase, kind.way, String(kind.servers), perSecond.toFixed(0), at(0.5), at(0.95), ...cpu.map((ms) => ms.toFixed(2))];
  };

  /** How many servers share the logins makes no difference. */
  private readonly trafficRow = ({ phase, way }: Kind): string[] => {
    const samples = [1, 2].flatMap((servers) => this.of({ phase, way, servers }));
    const cost = typical(samples.map((sample) => sample.cost));
    const database = [cost.databaseIn, cost.databaseOut, cost.redoLog].map(kilobytes);
    const redis = [cost.redisIn, cost.redisOut, cost.redisMemory].map(kilobytes);
    return [phase, way, cost.statements.toFixed(1), cost.commits.toFixed(1), ...database, cost.redisCommands.toFixed(1), ...redis];
  };
}
