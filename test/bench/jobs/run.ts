/**
 * `npm run bench:jobs`: how fast jobs get from the outbox by way of Bull to a worker and to their end, beside bare Bull in the same run. Rounds are
 * interleaved and medians compared, because wall time on shared machines swings; CPU time stands beside it. The jobs do nothing.
 *
 * Options: `--rounds 5 --jobs 5000 --concurrency 8 --drain 3000 --idle 30` (seconds)
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cpuMs, startProcess, type Running } from '../login/processes.js';
import { median, printTable } from '../login/table.js';
import { Services } from './services.js';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    jobs: { type: 'string', default: '5000' },
    concurrency: { type: 'string', default: '8' },
    drain: { type: 'string', default: '3000' },
    idle: { type: 'string', default: '30' },
  },
});
const rounds = Number(options.rounds);
const jobs = Number(options.jobs);
const port = Number(process.env.BENCH_PORT ?? 9500);
const folder = mkdtempSync(join(tmpdir(), 'foyer-bench-jobs-'));
const services = await Services.start();
const running: Running[] = [];
const start = async (...parameters: Parameters<typeof startProcess>): Promise<Running> => {
  const started = await startProcess(...parameters);
  running.push(started);
  return started;
};

const foyerEnv = {
  FOYER_DATABASE_URL: services.databaseUrl,
  FOYER_REDIS_URL: services.redisUrl,
  FOYER_SECRET_KEY: randomBytes(32).toString('base64url'),
  FOYER_JOB_CONCURRENCY: options.concurrency,
  NODE_ENV: 'production',
};

const startServer = (): Promise<Running> =>
  start('test/bench/jobs/server.js', {
    env: { ...foyerEnv, FOYER_DATA_DIR: join(folder, 'server'), PORT: String(port) },
    ready: 'message',
  });
const startWorker = (number: number): Promise<Running> => {
  const env = { ...foyerEnv, FOYER_DATA_DIR: join(folder, `worker-${number}`), PORT: String(port + number) };
  return start('test/bench/jobs/worker.js', { env, ready: 'message' });
};
const startBare = (role: string): Promise<Running> =>
  start('test/bench/jobs/bare.js', { env: { BENCH_REDIS_URL: services.redisUrl, BARE_ROLE: role }, ready: 'message' });

interface Sample {
  readonly perSecond: number;
  /** CPU of each process, in milliseconds per 1,000 jobs. */
  readonly cpu: Readonly<Record<string, number>>;
  /** The part of the time in which the database was busy, if one core were all that it has. */
  readonly databaseShare: number;
}

/** Runs a round of so many jobs. @param processes whose CPU time counts */
async function measured(count: number, processes: Readonly<Record<string, number>>, round: () => Promise<void>): Promise<Sample> {
  const cpuNow = (): Record<string, number> => Object.fromEntries(Object.entries(processes).map(([name, pid]) => [name, cpuMs(pid)]));
  const before = cpuNow();
  const began = performance.now();
  await round();
  const elapsedMs = performance.now() - began;
  const after = cpuNow();
  const cpu = Object.fromEntries(Object.keys(processes).map((name) => [name, (((after[name] ?? 0) - (before[name] ?? 0)) * 1000) / count]));
  return { perSecond: (count * 1000) / elapsedMs, cpu, databaseShare: ((cpu['database'] ?? 0) * count) / 1000 / elapsedMs };
}

async function ask(process_: Running, order: object): Promise<void> {
  const answer = await process_.ask(order);
  if (answer !== 'done') throw new Error(`A process failed: ${JSON.stringify(answer)}`);
}

async function untilDone(count: number): Promise<void> {
  while (await services.areOpen()) await delay(20);
  const done = await services.done();
  if (done !== count) throw new Error(`${done} of ${count} jobs were done`);
}

async function bareRound(adder: Running, worker: Running): Promise<Sample> {
  return measured(jobs, { adding: adder.pid, worker: worker.pid, redis: services.redisPid }, async () => {
    const completed = ask(worker, { count: jobs });
    await ask(adder, { count: jobs });
    await completed;
  });
}

async function foyerRound(server: Running, workers: readonly Running[], count = jobs, holdMs = 0): Promise<Sample> {
  await services.clear();
  await ask(server, { add: count, holdMs });
  const pids = Object.fromEntries(workers.map(({ pid }, index) => [index === 0 ? 'worker' : `worker ${index + 1}`, pid]));
  return measured(count, { adding: server.pid, ...pids, redis: services.redisPid, database: services.mariadbPid }, async () => {
    await ask(server, { release: true });
    await untilDone(count);
  });
}

const numbers = (samples: readonly Sample[], of: (sample: Sample) => number | undefined): number =>
  median(samples.map((one) => of(one) ?? 0));

/** Hand-over beside bare Bull. */
async function handOver(server: Running, worker: Running): Promise<void> {
  const [adder, bareWorker] = [await startBare('adder'), await startBare('worker')];
  const samples = { foyer: [] as Sample[], bare: [] as Sample[] };
  await bareRound(adder, bareWorker);
  await foyerRound(server, [worker]);
  for (let round = 1; round <= rounds; round += 1) {
    for (const who of round % 2 ? (['bare', 'foyer'] as const) : (['foyer', 'bare'] as const)) {
      const sample = who === 'bare' ? await bareRound(adder, bareWorker) : await foyerRound(server, [worker]);
      samples[who].push(sample);
      process.stderr.write(`round ${round} ${who}: ${sample.perSecond.toFixed(0)} jobs/s\n`);
    }
  }
  const bare = numbers(samples.bare, (one) => one.perSecond);
  const rows = (['bare', 'foyer'] as const).map((who) => {
    const perSecond = numbers(samples[who], (one) => one.perSecond);
    const cpu = ['adding', 'worker', 'redis', 'database'].map((name) => numbers(samples[who], (one) => one.cpu[name]));
    return [
      who === 'bare' ? 'bare Bull' : 'Foyer',
      perSecond.toFixed(0),
      who === 'bare' ? '' : (perSecond / bare).toFixed(2),
      ...cpu.map((ms) => ms.toFixed(0)),
      who === 'bare' ? '' : `${(numbers(samples[who], (one) => one.databaseShare) * 100).toFixed(0)} %`,
    ];
  });
  console.log(`\nHand-over of ${jobs} jobs that do nothing, one worker, ${rounds} rounds; CPU in ms per 1,000 jobs`);
  printTable(['', 'jobs/s', '× bare', 'adding', 'worker', 'Redis', 'database', 'database busy'], rows);
  await Promise.all([adder.stop(), bareWorker.stop()]);
}

/** What a process that waits for jobs asks for meanwhile. */
async function idle(processes: number): Promise<void> {
  const seconds = Number(options.idle);
  if (seconds === 0) return;
  await services.clear();
  await delay(seconds * 1000);
  const [statements, commands] = [await services.statements(), await services.commands()];
  await delay(seconds * 1000);
  const per = (after: number, before: number): string => ((after - before) / seconds / processes).toFixed(2);
  console.log(`\nIdle: each of ${processes} processes asks the database ${per(await services.statements(), statements)} times a second,`);
  console.log(`Redis ${per((await services.commands()) - 1, commands)} times`);
}

async function memory(server: Running): Promise<void> {
  await services.clear();
  await services.emptyRedis();
  await ask(server, { add: 2_000, holdMs: 0 });
  const before = await services.redisMemory();
  await ask(server, { release: true });
  while ((await services.handed()) < 2_000) await delay(20);
  console.log(`\nRedis: ${Math.round(((await services.redisMemory()) - before) / 2_000)} bytes for a job that waits there with 499 others`);
}

/** Jobs that take a while, and jobs that take none, by one, two and three workers. */
async function drain(server: Running, first: Running): Promise<void> {
  const count = Number(options.drain);
  if (count === 0) return;
  const workers = [first];
  const rows: string[][] = [];
  for (let number = 1; number <= 3; number += 1) {
    if (number > 1) workers.push(await startWorker(number));
    const slow = await foyerRound(server, workers, count, 50);
    const quick = await foyerRound(server, workers, count, 0);
    rows.push([
      String(number),
      slow.perSecond.toFixed(0),
      quick.perSecond.toFixed(0),
      ...[slow, quick].map((one) => `${(one.databaseShare * 100).toFixed(0)} %`),
    ]);
  }
  console.log(`\nA backlog of ${count} jobs`);
  printTable(['workers', 'jobs/s of 50 ms', 'jobs/s of 0 ms', 'database busy', 'database busy at 0 ms'], rows);
}

try {
  const server = await startServer();
  await memory(server);
  const worker = await startWorker(1);
  await untilDone(2_000);
  await handOver(server, worker);
  await drain(server, worker);
  await idle(running.length - 2);
} finally {
  await Promise.all(running.map((each) => each.stop()));
  await services.stop();
  rmSync(folder, { recursive: true, force: true });
}
