/**
 * `npm run bench:cluster`: what a login costs each part of a cluster, on one MariaDB and one Redis: first and repeat, blocking and non-blocking, on one
 * server and on two, with the job that it leaves; and what is kept of it in the database. MariaDB writes as in production: each commit is on the disk. No
 * process is held to a core. Where there are fewer cores than processes, the logins a second are those of the machine; CPU time is what counts. How
 * backlogs of jobs go is what `npm run bench:jobs` is about.
 *
 * Options: `--rounds 3 --logins 300 --concurrency 16`
 */
import { parseArgs } from 'node:util';
import { origins, portOf } from '../login/parties.js';
import { quantile } from '../login/table.js';
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
  },
});
const rounds = Number(options.rounds);
const logins = Number(options.logins);
const concurrency = Number(options.concurrency);

/** What is ended at the end, last things first. */
const ends: (() => Promise<unknown>)[] = [];

interface Cluster {
  readonly site: BenchSite;
  readonly meters: Meters;
}

async function startCluster(): Promise<Cluster> {
  const mariadb = await startMariadb();
  ends.push(() => mariadb.stop());
  const redis = await startRedis();
  ends.push(() => redis.stop());
  const site = new BenchSite(settingsFor(await mariadb.database('outside')));
  ends.push(() => site.close());
  await site.startCluster({ mariadb, redis }, 2);
  const meters = new Meters({ mariadb, redis }, site.ledger, site.servers, []);
  return { site, meters };
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

try {
  const cluster = await startCluster();
  const costs = await measureLogins(cluster);
  costs.print();
  await printSizes(cluster.site.ledger);
} finally {
  for (const end of ends.reverse()) await end();
}
