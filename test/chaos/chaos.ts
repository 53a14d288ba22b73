import { setTimeout as pause } from 'node:timers/promises';
import { audit } from './audit.js';
import { Crowd } from './crowd.js';
import { faultsOf } from './faults.js';
import { historyOf } from './history.js';
import { Random } from './random.js';
import { Schedule } from './schedule.js';
import { Territory } from './territory.js';

export interface ChaosOptions {
  readonly seed: number;
  /** Logins that are to be answered. */
  readonly logins: number;
  /** Is told what happens. */
  readonly tell: (line: string) => void;
}

/** What came of a run. */
export interface Chaos {
  readonly answered: number;
  readonly firstLogins: number;
  /** How many logins were not answered, by why. */
  readonly unanswered: ReadonlyMap<string, number>;
  readonly people: number;
  /** How often each fault struck. */
  readonly struck: ReadonlyMap<string, number>;
  /** How many jobs ended how, and how many attempts at them. */
  readonly jobs: ReadonlyMap<string, number>;
  readonly attempts: ReadonlyMap<string, number>;
  /** Seconds under fire, and from the last fault's mending until no job was left. */
  readonly seconds: { readonly storm: number; readonly healing: number };
  /** What is not as promised, one sentence each. */
  readonly broken: readonly string[];
  /** What is known of those whom it concerns, and where the logs are; empty when the promise was kept. */
  readonly evidence: readonly string[];
}

/** Each kind of fault strikes at least as often. */
const leastRounds = 2;
/** Milliseconds without a job that ends although one is due, after which nobody waits any more. */
const patienceMs = 120_000;
/** People whose history is told when the promise was broken. */
const toldOf = 3;

/** Lets people log in while everything goes wrong, mends it, waits until all jobs have been done, and reads the books. */
export async function runChaos(options: ChaosOptions): Promise<Chaos> {
  const territory = await Territory.found();
  let keepsLogs = true;
  try {
    const chaos = await tryThePromise(territory, options);
    keepsLogs = chaos.broken.length > 0;
    return chaos;
  } finally {
    await territory.close({ keepsLogs });
  }
}

async function tryThePromise(territory: Territory, { seed, logins, tell }: ChaosOptions): Promise<Chaos> {
  const random = new Random(seed);
  const began = performance.now();
  const say = (line: string): void => tell(`${((performance.now() - began) / 1000).toFixed(1)} s: ${line}`);
  const crowd = new Crowd(territory.parties, random.fork(), { atATime: 8, thinkMs: 150 });
  const schedule = new Schedule(faultsOf(territory), random.fork(), (fault) => say(`${fault} (${crowd.answered} logins so far)`));
  crowd.start();
  schedule.start();
  while (crowd.answered < logins || schedule.rounds < leastRounds) await pause(100);
  await schedule.end();
  await crowd.end();
  const mended = performance.now();
  say(`all is mended; ${crowd.answered} logins were answered`);
  await untilNoJobIsLeft(territory);
  const healed = performance.now();
  const found = await audit(territory, crowd.attempts);
  const collapses = territory.members.flatMap((member) => member.collapses);
  const broken = [...collapses, ...found];
  return {
    answered: crowd.answered,
    firstLogins: crowd.attempts.filter(({ number, sub }) => number === 1 && sub !== undefined).length,
    unanswered: counted(crowd.attempts.flatMap(({ failure }) => failure ?? [])),
    people: new Set(crowd.attempts.map(({ person }) => person)).size,
    struck: schedule.struck,
    jobs: await grouped(territory, 'SELECT status AS name, COUNT(*) AS count FROM jobs GROUP BY status'),
    attempts: await grouped(territory, 'SELECT outcome AS name, COUNT(*) AS count FROM job_attempts GROUP BY outcome'),
    seconds: { storm: (mended - began) / 1000, healing: (healed - mended) / 1000 },
    broken,
    evidence: broken.length > 0 ? await evidence(territory, crowd, found) : [],
  };
}

/** A job that failed often waits for long, though no longer than its due time. */
async function untilNoJobIsLeft({ mariadb }: Territory): Promise<void> {
  let [left, deadline] = [Number.POSITIVE_INFINITY, 0];
  for (;;) {
    const [open] = await mariadb.query<{ count: number; inMs: number | null }>(
      `SELECT COUNT(*) AS count, MIN(due_at) - UNIX_TIMESTAMP(NOW(3)) * 1000 AS inMs FROM jobs WHERE status IN ('waiting', 'running')`,
    );
    const count = Number(open?.count);
    if (count === 0) return;
    if (count < left) [left, deadline] = [count, performance.now() + Math.max(0, Number(open?.inMs)) + patienceMs];
    // The books show which.
    else if (performance.now() > deadline) return;
    await pause(500);
  }
}

async function evidence(territory: Territory, { attempts }: Crowd, found: readonly string[]): Promise<string[]> {
  const people = found.flatMap((line) => /^p\d+(?= )/.exec(line)?.[0] ?? []).slice(0, toldOf);
  const histories = await Promise.all(people.map((person) => historyOf(territory, attempts, person)));
  return [...histories, `The logs are in ${territory.folder}`];
}

function counted(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map([...counts].sort(([, one], [, other]) => other - one));
}

async function grouped({ mariadb }: Territory, sql: string): Promise<Map<string, number>> {
  const rows = await mariadb.query<{ name: string; count: number }>(sql);
  return new Map(rows.map(({ name, count }) => [name, Number(count)]));
}
