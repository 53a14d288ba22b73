import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { portOf } from '../login/parties.js';
import { cpuMs, machineMs, startProcess, type Running } from '../login/processes.js';
import { leashedFolder } from '../login/support.js';
import { Services } from './services.js';

/** Whose CPU time counts. `adding` is the server: it adds jobs, and hands them over. */
export const parts = ['adding', 'worker', 'redis', 'database'] as const;
export type Part = (typeof parts)[number];

export interface Sample {
  readonly perSecond: number;
  /** CPU in milliseconds for 1,000 jobs. */
  readonly cpu: Readonly<Record<Part, number>>;
  /** How many cores of the machine were busy, with this or with something else. */
  readonly machine: number;
}

/** How many cores these parts kept busy. */
export const coresOf = ({ perSecond, cpu }: Sample, of: readonly Part[]): number =>
  (of.reduce((sum, part) => sum + cpu[part], 0) * perSecond) / 1_000_000;

/** Has a process do something. @throws Error with what it says when it fails */
export async function ask(process_: Running, order: object): Promise<void> {
  const answer = await process_.ask(order);
  if (answer !== 'done') throw new Error(`A process failed: ${JSON.stringify(answer)}`);
}

/** A server and workers of Foyer whose jobs do nothing, or wait for as long as a store would take. */
export class NothingSite {
  private readonly folder = leashedFolder('foyer-bench-jobs-');
  private readonly running: Running[] = [];
  readonly workers: Running[] = [];
  private readonly env: Readonly<Record<string, string>>;

  private constructor(
    readonly services: Services,
    concurrency: number,
  ) {
    this.env = {
      FOYER_DATABASE_URL: services.databaseUrl,
      FOYER_REDIS_URL: services.redisUrl,
      FOYER_SECRET_KEY: randomBytes(32).toString('base64url'),
      FOYER_JOB_CONCURRENCY: String(concurrency),
      NODE_ENV: 'production',
    };
  }

  /** @param concurrency jobs that a worker does at the same time */
  static async start(concurrency: number): Promise<{ readonly site: NothingSite; readonly server: Running }> {
    const site = new NothingSite(await Services.start(), concurrency);
    return { site, server: await site.startFoyer('server', portOf('servers')) };
  }

  /** So many workers, and no more. */
  async withWorkers(count: number): Promise<void> {
    while (this.workers.length < count) {
      const number = this.workers.length + 1;
      this.workers.push(await this.startFoyer('worker', portOf('workers') + number));
    }
    await Promise.all(this.workers.splice(count).map((worker) => worker.stop()));
  }

  /** A process of bare Bull, on the same Redis. */
  startBare(role: 'adder' | 'worker'): Promise<Running> {
    return this.start('bare', { BENCH_REDIS_URL: this.services.redisUrl, BARE_ROLE: role });
  }

  /** How a backlog of so many jobs goes. @param holdMs milliseconds that each takes */
  async workOff(server: Running, count: number, holdMs: number): Promise<Sample> {
    await this.services.clear();
    await ask(server, { add: count, holdMs });
    return this.measured(count, { adding: server, workers: this.workers }, async () => {
      await ask(server, { release: true });
      await this.untilDone(count);
    });
  }

  /** Measures what is done by so many jobs. */
  async measured(
    count: number,
    { adding, workers }: { readonly adding: Running; readonly workers: readonly Running[] },
    work: () => Promise<void>,
  ): Promise<Sample> {
    const now = (): Record<Part, number> => ({
      adding: cpuMs(adding.pid),
      worker: workers.reduce((sum, { pid }) => sum + cpuMs(pid), 0),
      redis: cpuMs(this.services.redisPid),
      database: cpuMs(this.services.mariadbPid),
    });
    const [before, machine] = [now(), machineMs()];
    const began = performance.now();
    await work();
    const elapsedMs = performance.now() - began;
    const [after, busyMs] = [now(), machineMs() - machine];
    const per1000 = (part: Part): number => ((after[part] - before[part]) * 1000) / count;
    const cpu = { adding: per1000('adding'), worker: per1000('worker'), redis: per1000('redis'), database: per1000('database') };
    return { perSecond: (count * 1000) / elapsedMs, cpu, machine: busyMs / elapsedMs };
  }

  async close(): Promise<void> {
    await Promise.all(this.running.map((each) => each.stop()));
    await this.services.stop();
    await this.folder.remove();
  }

  private async untilDone(count: number): Promise<void> {
    while (await this.services.areOpen()) await delay(20);
    const done = await this.services.done();
    if (done !== count) throw new Error(`${done} of ${count} jobs were done`);
  }

  private startFoyer(program: 'server' | 'worker', port: number): Promise<Running> {
    return this.start(program, { ...this.env, FOYER_DATA_DIR: join(this.folder.path, `${program}-${port}`), PORT: String(port) });
  }

  private async start(program: string, env: Readonly<Record<string, string>>): Promise<Running> {
    const started = await startProcess(`test/bench/jobs/${program}.js`, { env, ready: 'message' });
    this.running.push(started);
    return started;
  }
}
