import { Inject, Injectable } from '@nestjs/common';
import {
  Database,
  databaseTime,
  execute,
  FoyerError,
  forUpdate,
  invalidInput,
  isUniqueViolation,
  LOGGER,
  type Logger,
  type Precondition,
  type Transaction,
} from '@foyer/platform';
import { JobPauseRow } from './job-pause.row.js';
import { KNOWN_LANES, type KnownLanes } from './known-lanes.js';
import { ParkedJobs } from './parked-jobs.js';

/** What a pause is known by, for `If-Match`: the next pause of the same lane is another one. */
export const versionOf = ({ lane, pausedAt }: JobPauseRow): { readonly id: string; readonly version: number } => ({
  id: lane,
  version: pausedAt,
});

export interface Resumed {
  /** How many jobs had been put aside, when they have been freed. Nobody has to wait for it. */
  readonly freed: Promise<number>;
}

/** Lets the jobs of a lane wait until an administrator resumes it. A job that runs is not stopped. */
@Injectable()
export class JobPauses {
  constructor(
    private readonly database: Database,
    private readonly parked: ParkedJobs,
    @Inject(KNOWN_LANES) private readonly known: KnownLanes,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws FoyerError `lane.notPaused` */
  async get(lane: string): Promise<JobPauseRow> {
    const pause = await this.database.read.findOneBy(JobPauseRow, { lane });
    if (!pause) throw notPaused();
    return pause;
  }

  /** All pauses, by lane; there are at most as many as lanes. */
  all(): Promise<JobPauseRow[]> {
    return this.database.read.find(JobPauseRow, { order: { lane: 'ASC' } });
  }

  /** Those of the lanes that are paused. */
  async among(lanes: readonly string[]): Promise<ReadonlySet<string>> {
    const pauses = await this.database.read
      .createQueryBuilder(JobPauseRow, 'pause')
      .where('pause.lane IN (:...lanes)', { lanes: ['', ...lanes] })
      .getMany();
    return new Set(pauses.map(({ lane }) => lane));
  }

  /**
   * @param by who asks for it
   * @throws FoyerError `input.invalid` for a lane that nothing has; `lane.paused`
   */
  async pause(lane: string, by: string): Promise<void> {
    if (!(await this.known.has(lane))) throw invalidInput([{ path: 'lane', code: 'reference.unknown', message: unknownLane }]);
    try {
      await this.database.transaction(async (tx) => {
        const sql = `INSERT INTO job_pauses (lane, paused_at, paused_by) VALUES (?, ${databaseTime(tx)}, ?)`;
        await tx.query(sql, [lane, by.slice(0, longestName)]);
        await tx.query('DELETE FROM job_resumes WHERE lane = ?', [lane]);
      });
    } catch (error) {
      if (isUniqueViolation(error)) throw new FoyerError('conflict', 'lane.paused', 'This lane is paused already.');
      throw error;
    }
    this.logger.info({ lane, by }, 'a lane of jobs was paused');
  }

  /**
   * Lets the jobs go on. Those that had been put aside follow, while others go on already: if this process ends before they all have, another one sees
   * to it.
   * @throws FoyerError `lane.notPaused`, `version.stale`
   */
  async resume(lane: string, by: string, precondition?: Precondition): Promise<Resumed> {
    await this.database.transaction(async (tx) => {
      if (precondition) precondition.check(versionOf(await locked(tx, lane)));
      // Whoever puts jobs aside has the pause in their hands until they have done so.
      if ((await execute(tx, 'DELETE FROM job_pauses WHERE lane = ?', [lane])) === 0) throw notPaused();
      await tx.query(`INSERT INTO job_resumes (lane, started_at) VALUES (?, ${databaseTime(tx)})`, [lane]);
    });
    this.logger.info({ lane, by }, 'a lane of jobs was resumed');
    const freed = this.parked.free(lane);
    freed.then(
      (count) => this.logger.info({ lane, count }, 'jobs that had been put aside go on'),
      (error: unknown) => this.logger.warn({ err: error, lane }, 'jobs that had been put aside could not all be freed; trying again'),
    );
    return { freed };
  }
}

const longestName = 255;
const unknownLane = 'must be `idp:` and the name of an identity provider';

const notPaused = (): FoyerError => new FoyerError('notFound', 'lane.notPaused', 'This lane is not paused.');

async function locked(tx: Transaction, lane: string): Promise<JobPauseRow> {
  await tx.query(`SELECT lane FROM job_pauses WHERE lane = ?${forUpdate(tx)}`, [lane]);
  const pause = await tx.findOneBy(JobPauseRow, { lane });
  if (!pause) throw notPaused();
  return pause;
}
