/**
 * `npm run bench:slow-store`: whether non-blocking logins notice a user store that takes a second for each answer. The same logins on an instant
 * store, with JIT off, and blocking stand beside them, in interleaved rounds. Both stores are databases on one MariaDB that is not Foyer's own, behind
 * a proxy each, one of which lets answers wait. What a round leaves to jobs is done, by a store that is quick again, before the next one begins.
 *
 * Options: `--rounds 5 --logins 200 --concurrency 4 --answer-ms 1000`
 */
import { parseArgs } from 'node:util';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { startMariadb, startRedis, type Mariadb } from '../cluster/servers.js';
import { BenchSite } from '../cluster/site.js';
import { origins } from '../login/parties.js';
import { cpuMs, holdTo, type Running } from '../login/processes.js';
import { quantile } from '../login/table.js';
import { arms, settingsFor, type Arm } from './arms.js';
import { Findings, phases, type Phase } from './findings.js';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    logins: { type: 'string', default: '200' },
    concurrency: { type: 'string', default: '4' },
    'answer-ms': { type: 'string', default: '1000' },
  },
});
const rounds = Number(options.rounds);
const logins = Number(options.logins);
const concurrency = Number(options.concurrency);
const answerMs = Number(options['answer-ms']);

/** What is ended at the end, last things first. */
const ends: (() => Promise<unknown>)[] = [];

interface Site {
  readonly foyer: BenchSite;
  /** Whose CPU counts. */
  readonly server: Running;
  readonly slowStore: TcpProxy;
}

async function startSite(cluster: boolean): Promise<Site> {
  const mariadb = await startMariadb();
  ends.push(() => mariadb.stop());
  holdTo(1, mariadb.pid);
  const [instant, slow] = await Promise.all([mariadb.database('instant'), mariadb.database('slow')]);
  const target = { host: '127.0.0.1', port: Number(new URL(instant).port) };
  const [instantStore, slowStore] = await Promise.all([TcpProxy.start(target), TcpProxy.start(target)]);
  ends.push(
    () => instantStore.close(),
    () => slowStore.close(),
  );
  const stores = { instant: instantStore.inFrontOf(instant), slow: slowStore.inFrontOf(slow) };
  const foyer = new BenchSite(settingsFor(stores), { server: 0, others: 1 });
  ends.push(() => foyer.close());
  await (cluster ? startCluster(foyer, mariadb) : foyer.startAlone());
  const [server] = foyer.servers;
  if (!server) throw new Error('No server');
  return { foyer, server, slowStore };
}

/** A server and a worker. Foyer's own database is on the server of the stores. */
async function startCluster(foyer: BenchSite, mariadb: Mariadb): Promise<void> {
  const redis = await startRedis();
  ends.push(() => redis.stop());
  holdTo(1, redis.pid);
  await foyer.startCluster({ mariadb, redis });
  await foyer.startWorker(0);
}

async function compare(cluster: boolean): Promise<void> {
  const site = await startSite(cluster);
  const findings = new Findings();
  for (const arm of arms) await site.foyer.logIn({ ...orderOf(arm, 'warm'), logins: 200 });
  await site.foyer.ledger.drained();
  for (let round = 1; round <= rounds; round += 1) {
    for (const phase of phases) {
      // Each arm comes first in one round, and last in another.
      for (const [turn] of arms.entries()) {
        const arm = arms[(turn + round) % arms.length] as Arm;
        await measure(site, findings, { arm, phase, round });
      }
    }
  }
  findings.print(answerMs);
}

const orderOf = (arm: Arm, prefix: string) => {
  return { origin: origins.foyer, client: arm, logins, concurrency, prefix: `${arm}-${prefix}-`, from: 0, userinfo: true };
};

async function measure({ foyer, server, slowStore }: Site, findings: Findings, of: { arm: Arm; phase: Phase; round: number }) {
  const { arm, phase, round } = of;
  const { ledger } = foyer;
  if (arm === 'slow') slowStore.slowDown(answerMs);
  const since = Date.now();
  const before = cpuMs(server.pid);
  const { durations, elapsedMs } = await foyer.logIn(orderOf(arm, String(round)));
  const cpu = (cpuMs(server.pid) - before) / logins;
  const left = await ledger.unfinished();
  if (arm === 'slow') findings.attempts(await ledger.attempts(arm, since));
  slowStore.slowDown(0);
  const drainedFrom = performance.now();
  await ledger.drained();
  if (arm === 'instant') findings.waits(await ledger.waits(arm, since));
  if (arm === 'slow') findings.drained(left, performance.now() - drainedFrom);
  findings.logins(arm, phase, { durations, elapsedMs, cpu, left });
  process.stderr.write(`round ${round} ${phase} ${arm}: p50 ${quantile(durations, 0.5).toFixed(1)} ms, ${left} jobs left\n`);
}

for (const [index, cluster] of [false, true].entries()) {
  console.log(`${index > 0 ? '\n' : ''}### ${cluster ? 'A server and a worker, on MariaDB and Redis' : 'One process, on SQLite'}\n`);
  try {
    await compare(cluster);
  } finally {
    for (const end of ends.splice(0).reverse()) await end();
  }
}
