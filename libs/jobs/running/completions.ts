import { Database } from '@foyer/platform';
import { JobEndings, type Ended } from '../store/job-endings.js';
import { isJobLost, isJobOvertaken } from '../store/lost.js';
import { Batches } from './batches.js';
import type { JobRun } from './job-run.js';

const atOnce = 100;

/** Completes jobs whose handlers have left that to us: many in one transaction. */
export class Completions {
  private readonly batches: Batches<JobRun, Ended | Error>;

  constructor(
    private readonly database: Database,
    private readonly endings: JobEndings,
  ) {
    this.batches = new Batches((runs) => this.together(runs), atOnce);
  }

  /** @throws FoyerError `job.lost`, `job.overtaken` */
  async complete(run: JobRun): Promise<void> {
    const ended = await this.batches.add(run);
    if (ended instanceof Error) throw ended;
    run.ended = ended;
  }

  private async together(runs: readonly JobRun[]): Promise<(Ended | Error)[]> {
    try {
      const ended = await this.end(runs);
      // Who has its turn now is told once.
      return runs.map((run, index) => ({ statuses: statusOf(ended, run), next: index === 0 ? ended.next : [] }));
    } catch (error) {
      if (!isJobLost(error) && !isJobOvertaken(error)) throw error;
      if (runs.length === 1) return [error as Error];
    }
    const alone: (Ended | Error)[] = [];
    for (const run of runs) alone.push(...(await this.together([run])));
    return alone;
  }

  private end(runs: readonly JobRun[]): Promise<Ended> {
    return this.database.transaction((tx) =>
      this.endings.end(
        tx,
        runs.map((run) => run.completion()),
      ),
    );
  }
}

const statusOf = ({ statuses }: Ended, { job }: JobRun): Ended['statuses'] => new Map([...statuses].filter(([id]) => id === job.id));
