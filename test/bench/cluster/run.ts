/**
 * `npm run bench:cluster`: what a login costs each part of a cluster, on one MariaDB and one Redis: first and repeat, blocking and non-blocking, on one
 * server and on two; and how fast one, two and three workers work off a backlog, in Foyer's own database and in a store behind a proxy whose answers take
 * a while. MariaDB writes as in production: each commit is on the disk. No process is held to a core. Where there are fewer cores than processes, the
 * logins and jobs a second are those of the machine; CPU time is what counts.
 *
 * Options: `--rounds 3 --logins 300 --concurrency 16 --backlog 600 --workers 1,2,3 --answer-ms 20`
 */
import { parseArgs } from 'node:util';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { origins, portOf } from '../login/parties.js';
import type { Running } from '../login/processes.js';
import { quantile } from '../login/table.js';
import { Backlogs } from './backlogs.js';
import { Costs, phases, type Phase } from './costs.js';
import { Meters } from './meters.js';
import { startMariadb, startRedis } from './servers.js';
import { printSizes } from './sizes.js';
import { settingsFor, type Way } from './settings.js';
import { BenchSite } from './site.js';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    logins: { type: 'string', default: '300' },
    concurrency: { type: 'string', default: '16' },
    backlog: { type: 'string', default: '600' },
    workers: { type: 'string', default: '1,2,3' },
    'answer-ms': { type: 'string', default: '20' },
  },
});
const rounds = Number(options.rounds);
const logins = Number(options.logins);
const concurrency = Number(options.concurrency);
const backlog = Number(options.backlog);
const workerCounts = options.workers.split(',').map(Number);
const answerMs = Number(options['answer-ms']);

/** What is ended at the end, last things first. */
const ends: (() => Promise<unknown>)[] = [];

interface Cluster {
  readonly site: BenchSite;
  readonly meters: Meters;
  readonly outside: TcpProxy;
}

async function startCluster(): Promise<Cluster> {
  const mariadb = await startMariadb();
  ends.push(() => mariadb.stop());
  const redis = await startRedis();
  ends.push(() => redis.stop());
  const store = await mariadb.database('outside');
  const outside = await TcpProxy.start({ host: '127.0.0.1', port: Number(new URL(store).port) });
  ends.push(() => outside.close());
  const site = new BenchSite(settingsFor(outside.inFrontOf(store)));
  ends.push(() => site.close());
  await site.startCluster({ mariadb, redis }, 2);
  const meters = new Meters({ mariadb, redis }, site.ledger, site.servers, []);
  return { site, meters, outside };
}

/** @param servers how many of them share the logins */
const orderOf = (way: Way, servers: number, prefix: string) => ({
  ...{ origin: origins.foyer, client: way, logins, concurrency, prefix: `${way}-${servers}-${prefix}-`, from: 0 },
  ports: Array.from({ length: servers }, (_, number) => portOf('servers') + number),
});

/** What the logins cost, with all that follows from them. */
async function measure(
  { site, meters }: Cluster,
  costs: Costs,
  of: { way: Way; servers: number; phase: Phase; round: number },
): Promise<void> {
  const { way, servers, phase, round } = of;
  const times = { durations: [] as readonly number[], elapsedMs: 0 };
  const cost = await meters.during(async () => {
    Object.assign(times, await site.logIn(orderOf(way, servers, String(round))));
    await site.ledger.drained();
  }, logins);
  costs.add({ way, servers, phase }, { cost, ...times });
  process.stderr.write(
    `round ${round} ${phase} ${way} on ${servers}: server ${cost.serverCpu.toFixed(2)} ms CPU, p50 ${quantile(times.durations, 0.5).toFixed(0)} ms\n`,
  );
}

async function measureLogins(cluster: Cluster): Promise<Costs> {
  const { site, meters } = cluster;
  const costs = new Costs();
  const worker = await site.startWorker(0);
  meters.workers.push(worker);
  for (const way of ['blocking', 'non-blocking'] as const) {
    for (const servers of [1, 2]) await site.logIn(orderOf(way, servers, 'warm'));
  }
  await site.ledger.drained();
  for (let round = 1; round <= rounds; round += 1) {
    for (const phase of phases) {
      for (const way of round % 2 ? (['blocking', 'non-blocking'] as const) : (['non-blocking', 'blocking'] as const)) {
        for (const servers of [1, 2]) await measure(cluster, costs, { way, servers, phase, round });
      }
    }
  }
  return costs;
}

/** Logins while their lane is paused, then so many workers from the moment on at which it is resumed. */
async function workOff({ site, meters }: Cluster, backlogs: Backlogs, way: Way, workers: number): Promise<void> {
  const admin = await site.admin();
  const lane = `idp:${way}`;
  await admin.request('POST', '/jobs/pauses', { lane });
  await site.logIn({ ...orderOf(way, 2, `backlog-${workers}`), logins: backlog });
  const { etag } = await admin.request('GET', `/jobs/pauses/${lane}`);
  const began = performance.now();
  const cost = await meters.during(async () => {
    await admin.request('DELETE', `/jobs/pauses/${lane}`, undefined, etag);
    await site.ledger.drained();
  }, backlog);
  const elapsedMs = performance.now() - began;
  backlogs.add({ way, workers }, { cost, perSecond: (1000 * backlog) / elapsedMs });
  process.stderr.write(`${workers} workers, ${way}: ${((1000 * backlog) / elapsedMs).toFixed(0)} jobs/s\n`);
}

async function measureBacklogs(cluster: Cluster): Promise<Backlogs> {
  const { site, meters, outside } = cluster;
  const backlogs = new Backlogs();
  for (const count of workerCounts) {
    while (meters.workers.length < count) meters.workers.push(await warmWorker(cluster, meters.workers.length));
    await workOff(cluster, backlogs, 'non-blocking', count);
    outside.slowDown(answerMs);
    await workOff(cluster, backlogs, 'outside', count);
    outside.slowDown(0);
  }
  await site.ledger.drained();
  return backlogs;
}

/** A worker that has done some jobs. */
async function warmWorker({ site }: Cluster, number: number): Promise<Running> {
  const worker = await site.startWorker(number);
  for (const way of ['non-blocking', 'outside'] as const) await site.logIn({ ...orderOf(way, 2, `warm-${number}`), logins: 200 });
  await site.ledger.drained();
  return worker;
}

try {
  const cluster = await startCluster();
  const costs = await measureLogins(cluster);
  const backlogs = await measureBacklogs(cluster);
  costs.print();
  backlogs.print(answerMs);
  await printSizes(cluster.site.ledger);
} finally {
  for (const end of ends.reverse()) await end();
}
