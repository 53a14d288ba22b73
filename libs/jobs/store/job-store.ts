import { Inject, Injectable } from '@nestjs/common';
import { Database, databaseTime, execute, forShare, forUpdate, places, type Transaction } from '@foyer/platform';
import { JobSubjects } from '../subjects/job-subjects.js';
import { claimedColumns, toClaimed, type Claim, type ClaimedJob, type ClaimedRecord } from './claimed-job.js';
import { dueAmong, dueJobs, isKnown, stillDue, stillRunning, type DueJob, type KnownKind } from './due-jobs.js';
import { jobLost, jobOvertaken } from './lost.js';

/** How long a worker may be silent, in milliseconds, before its jobs are given to others. */
export interface LeaseOptions {
  readonly leaseMs: number;
}

/** Nest token of {@link LeaseOptions}. */
export const LEASE_OPTIONS = Symbol('LeaseOptions');

export interface ClaimOptions {
  /** Those that the worker has handlers for. */
  readonly kinds: readonly KnownKind[];
  readonly limit: number;
}

/** Milliseconds after which a job that a worker does not know is offered again. */
const putOffMs = 2_000;
/** As many jobs of paused lanes are put aside at once. */
const parkedAtOnce = 500;

/** Who has which job. Every claim has a lease, by the clock of the database, and a fence, which is checked whenever the job writes. */
@Injectable()
export class JobStore {
  private claiming: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly subjects: JobSubjects,
    @Inject(LEASE_OPTIONS) private readonly options: LeaseOptions,
  ) {}

  /** Takes the most urgent jobs that are due. @param worker unique among all processes, also those that have ended */
  claim(worker: string, { kinds, limit }: ClaimOptions): Promise<ClaimedJob[]> {
    return this.inTurn(async () => {
      const due = await this.unpaused((size) => dueJobs(this.database.read, size, kinds), limit);
      return this.take(worker, due, kinds);
    });
  }

  /**
   * Takes those of the jobs that are due. What the worker does not know, because it is of a newer version of Foyer, is offered to others a little later.
   * @param unknown is told of these
   */
  claimThese(
    worker: string,
    ids: readonly string[],
    kinds: readonly KnownKind[],
    unknown: (jobs: readonly DueJob[]) => void = () => undefined,
  ): Promise<ClaimedJob[]> {
    return this.inTurn(async () => {
      const due = await this.unpaused(() => dueAmong(this.database.read, ids), ids.length);
      const strange = due.filter((job) => !isKnown(job, kinds));
      if (strange.length > 0) {
        await this.putOff(strange.map(({ id }) => id));
        unknown(strange);
      }
      return this.take(worker, due, kinds);
    });
  }

  /** The most urgent jobs that are due, or those of these ids, for somebody who hands them on. Puts aside what is found in a paused lane. */
  due(limit: number): Promise<DueJob[]> {
    return this.unpaused((size) => dueJobs(this.database.read, size), limit);
  }

  dueAmong(ids: readonly string[]): Promise<DueJob[]> {
    return this.unpaused(() => dueAmong(this.database.read, ids), ids.length);
  }

  /**
   * Makes sure that the job is this worker's until the transaction ends, and that nothing has overtaken it.
   * @throws FoyerError `job.lost`, `job.overtaken`
   */
  async guard(tx: Transaction, { id, fence, subjectId, sequence }: Claim): Promise<void> {
    const subject = (await this.subjects.lock(tx, [subjectId])).get(subjectId);
    const sql = `SELECT fence FROM jobs WHERE id = ? AND fence = ? AND ${stillRunning}${forUpdate(tx)}`;
    const rows: unknown[] = await tx.query(sql, [id, fence]);
    if (rows.length === 0) throw jobLost();
    if (!subject || sequence <= subject.applied) throw jobOvertaken();
  }

  /** Says that the worker is alive. @returns false when the job is its own no more */
  async heartbeat({ id, fence }: Claim): Promise<boolean> {
    const beat = (tx: Transaction): Promise<number> =>
      execute(tx, `UPDATE jobs SET due_at = ${databaseTime(tx)} + ? WHERE id = ? AND fence = ? AND ${stillRunning}`, [
        this.options.leaseMs,
        id,
        fence,
      ]);
    return (await this.database.transaction(beat)) > 0;
  }

  private async take(worker: string, due: readonly DueJob[], kinds: readonly KnownKind[]): Promise<ClaimedJob[]> {
    const ids = due.filter((job) => isKnown(job, kinds)).map(({ id }) => id);
    if (ids.length === 0) return [];
    return this.database.transaction(async (tx) => {
      const now = databaseTime(tx);
      const taken = await execute(
        tx,
        `UPDATE jobs SET status = 'running', stage = 'running', worker = ?, fence = fence + 1, attempts = attempts + 1, started_at = ${now},
         due_at = ${now} + ?, version = version + 1 WHERE id IN (${places(ids)}) AND ${stillDue}`,
        [worker, this.options.leaseMs, ...ids],
      );
      if (taken === 0) return [];
      const rows: ClaimedRecord[] = await tx.query(
        `SELECT ${claimedColumns.map((name) => `jobs.${name}`).join(', ')}, applied FROM jobs
         JOIN job_subjects ON job_subjects.subject_id = jobs.subject_id WHERE jobs.id IN (${places(ids)}) AND jobs.worker = ? AND ${stillRunning}`,
        [...ids, worker],
      );
      const order = new Map(ids.map((id, index) => [id, index]));
      return rows.map(toClaimed).sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0));
    });
  }

  /** What was found without the jobs of paused lanes, which are put aside until their lanes are resumed, so that they are found only once. */
  private async unpaused(find: (limit: number) => Promise<DueJob[]>, limit: number): Promise<DueJob[]> {
    const found = await find(limit);
    if (!found.some(({ paused }) => paused)) return found;
    const more = await find(Math.max(limit, parkedAtOnce));
    await this.park(more.filter(({ paused }) => paused));
    return this.unpaused(find, limit);
  }

  private putOff(ids: readonly string[]): Promise<unknown> {
    return this.database.transaction((tx) =>
      tx.query(
        `UPDATE jobs SET stage = 'ready', due_at = ${databaseTime(tx)} + ?, fence = fence + 1 WHERE id IN (${places(ids)}) AND ${stillDue}`,
        [putOffMs, ...ids],
      ),
    );
  }

  private async park(jobs: readonly DueJob[]): Promise<void> {
    if (jobs.length === 0) return;
    const [ids, lanes] = [jobs.map(({ id }) => id), [...new Set(jobs.map(({ lane }) => lane))]];
    await this.database.transaction(async (tx) => {
      // Whoever resumes a lane waits for this transaction, and then finds what it has put aside.
      const sql = `SELECT lane FROM job_pauses WHERE lane IN (${places(lanes)})${forShare(tx)}`;
      const paused = (await tx.query<{ lane: string }[]>(sql, lanes)).map(({ lane }) => lane);
      if (paused.length === 0) return;
      const those = `id IN (${places(ids)}) AND COALESCE(lane, '') IN (${places(paused)})`;
      await tx.query(`UPDATE jobs SET stage = 'parked', fence = fence + 1 WHERE ${those} AND ${stillDue}`, [...ids, ...paused]);
    });
  }

  /** One claim at a time: what was claimed is told apart by worker. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.claiming.then(work);
    this.claiming = result.catch(() => undefined);
    return result;
  }
}
