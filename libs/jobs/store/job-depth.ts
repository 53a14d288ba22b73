import { Injectable } from '@nestjs/common';
import { Database, databaseTime } from '@foyer/platform';
import type { JobStage } from './job.row.js';

/** How many jobs there are to be done. */
export interface JobDepth {
  readonly waiting: {
    /** For a worker that takes them. */
    readonly worker: number;
    /** For their time: to be tried again, or not yet to be done. */
    readonly time: number;
    /** For another job of the same subject. */
    readonly turn: number;
    /** For their lane, which is paused. */
    readonly lane: number;
  };
  readonly running: number;
  readonly dead: number;
  /** Milliseconds since the oldest of those that wait was added; undefined when none does. */
  readonly oldestWaitingMs: number | undefined;
}

const stages: readonly JobStage[] = ['ready', 'handed', 'behind', 'parked', 'running'];

interface StageCount {
  readonly stage: JobStage;
  readonly later: number;
  readonly count: number;
}

/** Counts jobs that have not ended: from indexes alone, and in a time that grows with how many there are. */
@Injectable()
export class JobDepths {
  constructor(private readonly database: Database) {}

  async read(): Promise<JobDepth> {
    const { read } = this.database;
    const now = databaseTime(read);
    const counts: StageCount[] = await read.query(
      `SELECT stage, CASE WHEN stage = 'ready' AND due_at > ${now} THEN 1 ELSE 0 END AS later, COUNT(*) AS count FROM jobs
       WHERE stage IN (${stages.map((stage) => `'${stage}'`).join(', ')}) GROUP BY stage, later`,
    );
    const [rest]: { dead: number; oldest: number | null; now: number }[] = await read.query(
      `SELECT (SELECT COUNT(*) FROM jobs WHERE status = 'dead') AS dead, (SELECT MIN(created_at) FROM jobs WHERE status = 'waiting') AS oldest,
       ${now} AS now`,
    );
    const sum = (wanted: readonly JobStage[], later = 0): number =>
      counts
        .filter((row) => wanted.includes(row.stage) && Number(row.later) === later)
        .reduce((total, row) => total + Number(row.count), 0);
    const oldest = rest?.oldest ?? undefined;
    return {
      waiting: { worker: sum(['ready', 'handed']), time: sum(['ready'], 1), turn: sum(['behind']), lane: sum(['parked']) },
      running: sum(['running']),
      dead: Number(rest?.dead),
      oldestWaitingMs: oldest === undefined ? undefined : Math.max(0, Number(rest?.now) - Number(oldest)),
    };
  }
}
