/**
 * `npm run bench:jobs`: how fast jobs get from the outbox by way of Bull to a worker and to their end, beside bare Bull in the same run; how a backlog
 * goes with more workers, of jobs that do nothing and of those that create accounts; what the database takes of that; how long it takes from a login to
 * the account; what waiting jobs take in Redis, and what processes ask for that have nothing to do; and whether logins notice a slow store
 * (`npm run bench:slow-store`). CPU time stands beside wall time, which swings on shared machines.
 *
 * Options, with what they are by themselves: `--only memory,hand-over,drain,idle,accounts,waits,slow-store` leaves out what it does not name;
 * `--concurrency 8` jobs at the same time in each worker; `--workers 1,2,3`; hand-over: `--rounds 5 --jobs 5000`; drain: `--hold-ms 200 --held 1200` and
 * as many quick ones as `--jobs`; `--idle 30` seconds; accounts: `--backlog 1000 --slow-backlog 400 --answer-ms 200`; waits: `--paces 10,30 --seconds 30`.
 */
import { parseArgs } from 'node:util';
import { compareStores, usual } from '../slow-store/compare.js';
import { backlogs } from './accounts.js';
import { drain } from './drain.js';
import { handOver } from './hand-over.js';
import { NothingSite } from './nothing-site.js';
import { RealSite } from './real-site.js';
import { idle, memory } from './resting.js';
import { waits } from './waits.js';

const all = ['memory', 'hand-over', 'drain', 'idle', 'accounts', 'waits', 'slow-store'] as const;
type Part = (typeof all)[number];

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: all.join() },
    concurrency: { type: 'string', default: '8' },
    workers: { type: 'string', default: '1,2,3' },
    rounds: { type: 'string', default: '5' },
    jobs: { type: 'string', default: '5000' },
    'hold-ms': { type: 'string', default: '200' },
    held: { type: 'string', default: '1200' },
    idle: { type: 'string', default: '30' },
    backlog: { type: 'string', default: '1000' },
    'slow-backlog': { type: 'string', default: '400' },
    'answer-ms': { type: 'string', default: '200' },
    paces: { type: 'string', default: '10,30' },
    seconds: { type: 'string', default: '30' },
  },
});
const concurrency = Number(options.concurrency);
const jobs = Number(options.jobs);
const answerMs = Number(options['answer-ms']);
const workers = options.workers.split(',').map(Number);
const chosen = new Set(options.only.split(',').map(partOf));

function partOf(name: string): Part {
  const part = all.find((one) => one === name);
  if (part === undefined) throw new Error(`--only names ${name}; there are ${all.join(', ')}`);
  return part;
}

async function jobsThatDoNothing(): Promise<void> {
  const { site, server } = await NothingSite.start(concurrency);
  try {
    if (chosen.has('memory')) await memory(site, server);
    if (chosen.has('hand-over')) await handOver(site, server, { rounds: Number(options.rounds), jobs });
    const held = { jobs: Number(options.held), holdMs: Number(options['hold-ms']) };
    if (chosen.has('drain')) await drain(site, server, { workers, backlogs: [held, { jobs, holdMs: 0 }], concurrency });
    if (chosen.has('idle')) await idle(site, Number(options.idle));
  } finally {
    await site.close();
  }
}

async function jobsThatProvision(): Promise<void> {
  const site = await RealSite.start();
  try {
    const backlog = { own: Number(options.backlog), elsewhere: Number(options['slow-backlog']) };
    if (chosen.has('accounts')) await backlogs(site, { workers, concurrency, jobs: backlog, answerMs });
    const own = options.paces.split(',').map((perSecond) => ({ place: 'own' as const, perSecond: Number(perSecond) }));
    const paces = [...own, { place: 'elsewhere' as const, perSecond: 4 }];
    const seconds = Number(options.seconds);
    if (chosen.has('waits')) await waits(site, { workers: Math.max(...workers), concurrency, paces, seconds, answerMs });
  } finally {
    await site.close();
  }
}

const any = (...parts: readonly Part[]): boolean => parts.some((part) => chosen.has(part));
if (any('memory', 'hand-over', 'drain', 'idle')) await jobsThatDoNothing();
if (any('accounts', 'waits')) await jobsThatProvision();
if (chosen.has('slow-store')) await compareStores(usual);
