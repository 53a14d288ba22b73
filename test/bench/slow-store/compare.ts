import { TcpProxy } from '../../support/tcp-proxy.js';
import { startMariadb, startRedis } from '../cluster/servers.js';
import { BenchSite, type Shared } from '../cluster/site.js';
import { origins } from '../login/parties.js';
import { cpuMs, holdTo, type Running } from '../login/processes.js';
import { quantile } from '../login/table.js';
import { arms, settingsFor, type Arm } from './arms.js';
import { Findings, phases, type Phase } from './findings.js';

interface Order {
  readonly rounds: number;
  /** Of each arm in each phase of a round. */
  readonly logins: number;
  readonly concurrency: number;
  /** Milliseconds that each answer of the slow store takes. */
  readonly answerMs: number;
}

/** 2,000 logins an arm, half of which are first ones, four at a time; a store that takes a second. */
export const usual: Order = { rounds: 5, logins: 200, concurrency: 4, answerMs: 1000 };

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
  const redis = cluster ? await startRedis() : undefined;
  if (redis) ends.push(() => redis.stop());
  const foyer = new BenchSite(settingsFor(stores), { server: 0, others: 1 });
  ends.push(() => foyer.close());
  await (redis ? startCluster(foyer, { mariadb, redis }) : foyer.startAlone());
  const [server] = foyer.servers;
  if (!server) throw new Error('No server');
  return { foyer, server, slowStore };
}

/** A server and a worker. Foyer's own database is on the server of the stores. */
async function startCluster(foyer: BenchSite, { mariadb, redis }: Shared): Promise<void> {
  holdTo(1, redis.pid);
  await foyer.startCluster({ mariadb, redis });
  await foyer.startWorker(0);
}

async function compare(cluster: boolean, order: Order): Promise<void> {
  const site = await startSite(cluster);
  const findings = new Findings();
  for (const arm of arms) await site.foyer.logIn({ ...loginsOf(arm, 'warm', order), logins: 200 });
  await site.foyer.ledger.drained();
  for (let round = 1; round <= order.rounds; round += 1) {
    for (const phase of phases) {
      // Each arm comes first in one round, and last in another.
      for (const [turn] of arms.entries()) {
        const arm = arms[(turn + round) % arms.length] as Arm;
        await measure(site, findings, { arm, phase, round, order });
      }
    }
  }
  findings.print(order.answerMs);
}

const loginsOf = (arm: Arm, prefix: string, { logins, concurrency }: Order) => {
  return { origin: origins.foyer, client: arm, logins, concurrency, prefix: `${arm}-${prefix}-`, from: 0, userinfo: true };
};

async function measure(
  { foyer, server, slowStore }: Site,
  findings: Findings,
  of: { arm: Arm; phase: Phase; round: number; order: Order },
) {
  const { arm, phase, round, order } = of;
  const { ledger } = foyer;
  if (arm === 'slow') slowStore.slowDown(order.answerMs);
  const since = Date.now();
  const before = cpuMs(server.pid);
  const { durations, elapsedMs } = await foyer.logIn(loginsOf(arm, String(round), order));
  const cpu = (cpuMs(server.pid) - before) / order.logins;
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

/**
 * Whether non-blocking logins notice a user store that takes a while for each answer. The same logins on an instant store, with JIT off, and blocking
 * stand beside them, in interleaved rounds. Both stores are databases on one MariaDB that is not Foyer's own, behind a proxy each, one of which lets
 * answers wait. What a round leaves to jobs is done, by a store that is quick again, before the next one begins.
 */
export async function compareStores(order: Order): Promise<void> {
  for (const cluster of [false, true]) {
    console.log(`\n### A slow store: ${cluster ? 'a server and a worker, on MariaDB and Redis' : 'one process, on SQLite'}\n`);
    try {
      await compare(cluster, order);
    } finally {
      for (const end of ends.splice(0).reverse()) await end();
    }
  }
}
