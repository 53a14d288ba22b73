import type { Running } from '../login/processes.js';
import { median, printTable } from '../login/table.js';
import { ask, coresOf, parts, type NothingSite, type Sample } from './nothing-site.js';

interface Order {
  readonly rounds: number;
  readonly jobs: number;
}

const names = { bare: 'bare Bull', foyer: 'Foyer' } as const;
type Who = keyof typeof names;

/** Jobs from the outbox by way of Bull to a worker and to their end, beside bare Bull. Rounds are interleaved, and medians are compared. */
export async function handOver(site: NothingSite, server: Running, { rounds, jobs }: Order): Promise<void> {
  await site.withWorkers(1);
  const [adder, worker] = [await site.startBare('adder'), await site.startBare('worker')];
  const round = (who: Who): Promise<Sample> => (who === 'bare' ? bareRound(site, adder, worker, jobs) : site.workOff(server, jobs, 0));
  const samples: Record<Who, Sample[]> = { bare: [], foyer: [] };
  await round('bare');
  await round('foyer');
  for (let number = 1; number <= rounds; number += 1) {
    for (const who of number % 2 ? (['bare', 'foyer'] as const) : (['foyer', 'bare'] as const)) {
      const sample = await round(who);
      samples[who].push(sample);
      process.stderr.write(`round ${number} ${who}: ${sample.perSecond.toFixed(0)} jobs/s\n`);
    }
  }
  await Promise.all([adder.stop(), worker.stop()]);
  print(samples, { rounds, jobs });
}

function bareRound(site: NothingSite, adder: Running, worker: Running, jobs: number): Promise<Sample> {
  return site.measured(jobs, { adding: adder, workers: [worker] }, async () => {
    const completed = ask(worker, { count: jobs });
    await ask(adder, { count: jobs });
    await completed;
  });
}

function print(samples: Readonly<Record<Who, readonly Sample[]>>, { rounds, jobs }: Order): void {
  const typical = (who: Who, of: (sample: Sample) => number): number => median(samples[who].map(of));
  const bare = typical('bare', ({ perSecond }) => perSecond);
  const rows = (['bare', 'foyer'] as const).map((who) => {
    const perSecond = typical(who, (one) => one.perSecond);
    return [
      names[who],
      perSecond.toFixed(0),
      who === 'bare' ? '' : (perSecond / bare).toFixed(2),
      ...parts.map((part) => typical(who, ({ cpu }) => cpu[part]).toFixed(0)),
      typical(who, (one) => coresOf(one, ['database'])).toFixed(2),
      typical(who, (one) => coresOf(one, parts)).toFixed(2),
    ];
  });
  console.log('\n### Hand-over\n');
  console.log(
    `${jobs} jobs that do nothing, added and done by one worker; medians of ${rounds} interleaved rounds. CPU in ms for 1,000 jobs.\n`,
  );
  printTable(['', 'jobs/s', '× bare', 'adding', 'worker', 'Redis', 'database', 'cores of database', 'cores in all'], rows);
}
