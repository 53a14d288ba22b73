import { availableParallelism } from 'node:os';
import type { Reading } from '../cluster/meters.js';
import { printTable } from '../login/table.js';

/** Where accounts are: in PRIMARY, which is in Foyer's own database, or in a database elsewhere, whose answers take a while. */
export type Place = 'own' | 'elsewhere';

interface Kind {
  readonly place: Place;
  readonly workers: number;
}

export interface Sample {
  readonly jobs: number;
  /** Of one job. */
  readonly cost: Reading;
  /** Jobs. */
  readonly perSecond: number;
}

/** How fast backlogs of first logins' jobs went, and the tables of it. */
export class Backlogs {
  private readonly samples: (Kind & Sample)[] = [];

  /** @param answerMs milliseconds that each answer of the store elsewhere took */
  constructor(private readonly answerMs: number) {}

  add(kind: Kind, sample: Sample): void {
    this.samples.push({ ...kind, ...sample });
  }

  print(concurrency: number): void {
    console.log('\n### A backlog of accounts to create\n');
    console.log(
      `The jobs of non-blocking first logins, ${concurrency} at a time in each worker. CPU in ms for a job, on a machine of ${availableParallelism()} cores: ` +
        'where a job waits for its store, workers help in proportion; else until the cores of the machine are busy, with this or with something else. Statements at once: how many of the workers’ ' +
        'statements Foyer’s own database has in hand, on average.\n',
    );
    const cpu = ['server', 'worker', 'database', 'Redis'];
    const head = ['accounts are', 'jobs', 'workers', 'jobs/s', '× fewest', ...cpu, 'statements', 'statements at once'];
    const rows = [...this.samples]
      .sort((a, b) => b.place.localeCompare(a.place) || a.workers - b.workers)
      .map((sample) => this.row(sample));
    printTable([...head, 'cores of database', 'cores in all', 'of the machine'], rows);
  }

  private row({ place, jobs, workers, cost, perSecond }: Kind & Sample): string[] {
    const [fewest = { perSecond }] = this.samples.filter((sample) => sample.place === place);
    const cpu = [cost.serverCpu, cost.workerCpu, cost.databaseCpu, cost.redisCpu];
    const atOnce = (ms: number): string => ((ms * perSecond) / 1000).toFixed(2);
    return [
      describe(place, this.answerMs),
      String(jobs),
      String(workers),
      perSecond.toFixed(1),
      (perSecond / fewest.perSecond).toFixed(2),
      ...cpu.map((ms) => ms.toFixed(2)),
      cost.statements.toFixed(1),
      atOnce(cost.workersInDatabase),
      atOnce(cost.databaseCpu),
      atOnce(cpu.reduce((sum, ms) => sum + ms, 0)),
      atOnce(cost.machine),
    ];
  }
}

export const describe = (place: Place, answerMs: number): string =>
  place === 'own' ? 'in the same database' : `elsewhere, ${answerMs} ms an answer`;

/** Prints where the time of a job goes. @param sample of one worker that does one job at a time, so that nothing overlaps */
export function printShares({ jobs, cost, perSecond }: Sample): void {
  const jobMs = 1000 / perSecond;
  const share = (ms: number): string => `${((100 * ms) / jobMs).toFixed(0)} %`;
  const elsewhere = jobMs - cost.workersInDatabase - cost.workerCpu;
  console.log('\n### Where the time of a job goes\n');
  console.log(
    `${jobs} accounts created in Foyer’s own database by one worker, one at a time. Database: from when a statement of the worker comes in until it is ` +
      'answered, as MariaDB counts it (`userstat`); what of that is not its CPU is mostly the disk. The rest: Redis, the network, waiting for a core.\n',
  );
  const head = ['ms a job', 'database', 'of which CPU', 'CPU of the worker', 'the rest'];
  const { workersInDatabase: database, workersInDatabaseCpu: databaseCpu, workerCpu } = cost;
  printTable(head, [[jobMs.toFixed(1), share(database), share(databaseCpu), share(workerCpu), share(elsewhere)]]);
}
