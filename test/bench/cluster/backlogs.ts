import { printTable } from '../login/table.js';
import type { Reading } from './meters.js';
import type { Way } from './settings.js';

interface Kind {
  readonly way: Way;
  readonly workers: number;
}

interface Sample {
  /** Of one job. */
  readonly cost: Reading;
  /** Jobs. */
  readonly perSecond: number;
}

/** How fast backlogs went, and the table of it. */
export class Backlogs {
  private readonly samples: (Kind & Sample)[] = [];

  add(kind: Kind, sample: Sample): void {
    this.samples.push({ ...kind, ...sample });
  }

  /** @param answerMs milliseconds that each answer of the outside store took */
  print(answerMs: number): void {
    console.log('\n### How fast a backlog goes\n');
    const cpu = ['server', 'worker', 'database', 'Redis'].map((part) => `${part} ms`);
    const head = ['accounts are', 'workers', 'jobs/s', '× fewest', ...cpu, 'statements', 'cores of database', 'cores in all'];
    const inOrder = [...this.samples].sort((a, b) => a.way.localeCompare(b.way) || a.workers - b.workers);
    printTable(
      head,
      inOrder.map((sample) => this.row(sample, answerMs)),
    );
  }

  private row({ way, workers, cost, perSecond }: Kind & Sample, answerMs: number): string[] {
    const [fewest = { perSecond }] = this.samples.filter((sample) => sample.way === way);
    const cpu = [cost.serverCpu, cost.workerCpu, cost.databaseCpu, cost.redisCpu];
    const cores = (ms: number): string => ((ms * perSecond) / 1000).toFixed(2);
    return [
      way === 'outside' ? `elsewhere, ${answerMs} ms an answer` : 'in the same database',
      String(workers),
      perSecond.toFixed(0),
      (perSecond / fewest.perSecond).toFixed(2),
      ...cpu.map((ms) => ms.toFixed(2)),
      cost.statements.toFixed(1),
      cores(cost.databaseCpu),
      cores(cpu.reduce((sum, ms) => sum + ms, 0)),
    ];
  }
}
