/**
 * `npm run bench:login`: CPU, latency and memory of brokered logins through Foyer, beside the floor (floor.ts), in one run. Foyer and the floor
 * have core 0 each in turn; the identity provider and the load generator have the others. Rounds are interleaved and medians compared, because
 * wall time on shared machines swings; CPU time per login does not, so it is what the ratio is taken of.
 *
 * Options: `--rounds 5 --logins 1000 --concurrency 1,8,32 --memory-logins 20000`
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Order } from './load.js';
import { orderLogins } from './orders.js';
import { applicationClient, consentingClient, foyerConfiguration, origins } from './parties.js';
import { cpuMs, rssMiB, startProcess, untilReady, type Running } from './processes.js';
import { leashedFolder } from './support.js';
import { median, printTable, quantile } from './table.js';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    logins: { type: 'string', default: '1000' },
    concurrency: { type: 'string', default: '1,8,32' },
    'memory-logins': { type: 'string', default: '20000' },
  },
});
const rounds = Number(options.rounds);
const logins = Number(options.logins);
const memoryLogins = Number(options['memory-logins']);
const concurrencies = options.concurrency.split(',').map(Number);

interface Sample {
  readonly perSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly cpu: number;
}

/** `consent`: a repeat login of a person who is asked for consent, and gave it earlier. */
type Phase = 'first' | 'repeat' | 'consent';

/** What an order says when a phase does not say otherwise. */
const plain = { client: applicationClient.client_id, prefix: 'p' };
const consenting = { client: consentingClient.client_id, prefix: 'c' };

async function measure(load: Running, server: Running, order: Order): Promise<Sample> {
  const before = cpuMs(server.pid);
  const { durations, elapsedMs } = await orderLogins(load, order);
  const cpu = (cpuMs(server.pid) - before) / order.logins;
  return {
    perSecond: (1000 * order.logins) / elapsedMs,
    p50: quantile(durations, 0.5),
    p95: quantile(durations, 0.95),
    p99: quantile(durations, 0.99),
    cpu,
  };
}

const folder = leashedFolder('foyer-bench-');
const running: Running[] = [];
const start = async (...parameters: Parameters<typeof startProcess>): Promise<Running> => {
  const started = await startProcess(...parameters);
  running.push(started);
  return started;
};

function startFoyer(): Promise<Running> {
  const config = join(folder.path, 'foyer.json');
  writeFileSync(config, JSON.stringify(foyerConfiguration));
  const env = {
    PORT: new URL(origins.foyer).port,
    FOYER_PUBLIC_URL: origins.foyer,
    FOYER_DATA_DIR: join(folder.path, 'data'),
    FOYER_CONFIG: config,
    NODE_ENV: 'production',
  };
  return start('apps/server/main.js', { env, core: 0, product: true });
}

async function main(): Promise<void> {
  await start('test/bench/login/provider.js', { core: 1, ready: 'message' });
  let foyer = await startFoyer();
  await untilReady(foyer, `${origins.foyer}/health/ready`);
  await foyer.stop();
  const coldSince = performance.now();
  foyer = await startFoyer();
  await untilReady(foyer, `${origins.foyer}/health/ready`);
  const warmStart = performance.now() - coldSince;
  const floor = await start('test/bench/login/floor.js', {
    env: { FLOOR_DATABASE: join(folder.path, 'floor.db') },
    core: 0,
    ready: 'message',
  });
  const load = await start('test/bench/login/load.js', { env: { BENCH_FOYER: origins.foyer }, core: 1, ready: 'message' });
  const servers = { foyer: { process: foyer, origin: origins.foyer }, floor: { process: floor, origin: origins.floor } } as const;
  const floorFirst = ['floor', 'foyer'] as const;
  const floorLast = ['foyer', 'floor'] as const;
  const samples = new Map<string, Sample[]>();
  let next = 0;
  for (const who of ['foyer', 'floor'] as const) {
    await orderLogins(load, { ...plain, origin: servers[who].origin, logins: 200, concurrency: 4, prefix: 'warm', from: 0 });
  }
  for (let round = 1; round <= rounds; round += 1) {
    for (const concurrency of concurrencies) {
      const from = (next += logins);
      for (const phase of ['first', 'repeat'] as const) {
        for (const who of round % 2 ? floorFirst : floorLast) {
          const { process: server, origin } = servers[who];
          const sample = await measure(load, server, { ...plain, origin, logins, concurrency, from });
          const key = `${phase} ${concurrency} ${who}`;
          samples.set(key, [...(samples.get(key) ?? []), sample]);
          process.stderr.write(`round ${round} ${key}: ${sample.cpu.toFixed(2)} ms CPU, ${sample.perSecond.toFixed(0)}/s\n`);
        }
      }
      const order = { ...consenting, origin: origins.foyer, logins, concurrency, from };
      await orderLogins(load, order);
      const key = `consent ${concurrency} foyer`;
      samples.set(key, [...(samples.get(key) ?? []), await measure(load, foyer, order)]);
    }
  }
  report(samples);
  await memory(load, foyer);
  console.log(`ready on a warm start after ${Math.round(warmStart)} ms`);
}

function report(samples: Map<string, Sample[]>): void {
  const of = (phase: Phase, concurrency: number, who: string, field: keyof Sample): number =>
    median((samples.get(`${phase} ${concurrency} ${who}`) ?? []).map((sample) => sample[field]));
  const rows = (['first', 'repeat', 'consent'] as const).flatMap((phase) =>
    concurrencies.flatMap((concurrency) => {
      const floor = of(phase === 'consent' ? 'repeat' : phase, concurrency, 'floor', 'cpu');
      const ratio = of(phase, concurrency, 'foyer', 'cpu') / floor;
      return (phase === 'consent' ? ['foyer'] : ['foyer', 'floor']).map((who) => [
        phase,
        String(concurrency),
        who,
        of(phase, concurrency, who, 'perSecond').toFixed(0),
        ...(['p50', 'p95', 'p99'] as const).map((field) => of(phase, concurrency, who, field).toFixed(1)),
        of(phase, concurrency, who, 'cpu').toFixed(2),
        who === 'foyer' ? ratio.toFixed(2) : '',
      ]);
    }),
  );
  printTable(['login', 'concurrency', 'server', 'logins/s', 'p50 ms', 'p95 ms', 'p99 ms', 'CPU ms/login', '× floor'], rows);
}

/** RSS when half and when all of the logins were done by a server that did nothing before. */
async function memory(load: Running, used: Running): Promise<void> {
  if (memoryLogins === 0) return;
  await used.stop();
  const fresh = await startFoyer();
  await untilReady(fresh, `${origins.foyer}/health/ready`);
  const atStart = rssMiB(fresh.pid);
  const half = Math.floor(memoryLogins / 2);
  const reached: number[] = [];
  for (const from of [0, half]) {
    await orderLogins(load, { ...plain, origin: origins.foyer, logins: half, concurrency: 8, prefix: 'm', from });
    reached.push(rssMiB(fresh.pid));
  }
  const [first = 0, second = 0] = reached;
  console.log(
    `RSS: ${atStart.toFixed(0)} MiB at the start, ${first.toFixed(0)} after ${half} logins, ${second.toFixed(0)} after ${memoryLogins} (× ${(second / first).toFixed(3)})`,
  );
}

try {
  await main();
} finally {
  await Promise.all(running.map((each) => each.stop()));
  await folder.remove();
}
