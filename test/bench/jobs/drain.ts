import { availableParallelism } from 'node:os';
import type { Running } from '../login/processes.js';
import { printTable } from '../login/table.js';
import { coresOf, parts, type NothingSite, type Sample } from './nothing-site.js';

interface Order {
  readonly workers: readonly number[];
  /** How many jobs of how many milliseconds each. */
  readonly backlogs: readonly { readonly jobs: number; readonly holdMs: number }[];
  readonly concurrency: number;
}

/** Backlogs of jobs that wait for something, which is in proportion to the workers, and of jobs that do not, which ends where the machine does. */
export async function drain(site: NothingSite, server: Running, { workers, backlogs, concurrency }: Order): Promise<void> {
  const rows: string[][] = [];
  const fewest = new Map<number, Sample>();
  for (const count of workers) {
    await site.withWorkers(count);
    // Workers that have just started are slower.
    await site.workOff(server, 500 * count, 0);
    for (const { jobs, holdMs } of backlogs) {
      const sample = await site.workOff(server, jobs, holdMs);
      if (!fewest.has(holdMs)) fewest.set(holdMs, sample);
      process.stderr.write(`${count} workers, ${jobs} jobs of ${holdMs} ms: ${sample.perSecond.toFixed(0)} jobs/s\n`);
      rows.push(row({ holdMs, jobs, workers: count }, sample, fewest.get(holdMs) ?? sample));
    }
  }
  console.log('\n### A backlog of jobs that do nothing\n');
  console.log(
    `Each worker does ${concurrency} at a time. A job waits for so long, as for a store, and is done. CPU in ms for 1,000 jobs, on a machine of ` +
      `${availableParallelism()} cores: more workers help until all of them are busy, with this or with something else.\n`,
  );
  const head = ['a job waits', 'jobs', 'workers', 'jobs/s', '× fewest', 'server', 'worker', 'Redis', 'database'];
  const inOrder = backlogs.flatMap(({ holdMs }) => rows.filter(([waits]) => waits === milliseconds(holdMs)));
  printTable([...head, 'cores of database', 'cores in all', 'of the machine'], inOrder);
}

const milliseconds = (ms: number): string => `${ms} ms`;

const row = (of: { holdMs: number; jobs: number; workers: number }, sample: Sample, fewest: Sample): string[] => [
  milliseconds(of.holdMs),
  String(of.jobs),
  String(of.workers),
  sample.perSecond.toFixed(0),
  (sample.perSecond / fewest.perSecond).toFixed(2),
  ...parts.map((part) => sample.cpu[part].toFixed(0)),
  coresOf(sample, ['database']).toFixed(2),
  coresOf(sample, parts).toFixed(2),
  sample.machine.toFixed(2),
];
