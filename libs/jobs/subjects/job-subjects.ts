import { Inject, Injectable, Optional } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { afterCommit, execute, forUpdate, places, type Transaction } from '@foyer/platform';
import { JOB_EVENTS, type JobEvents } from '../events/job-events.js';
import { JobMetrics } from '../running/job-metrics.js';
import { stillRunning } from '../store/due-jobs.js';
import { endWaiting, type EndedWaiting, type WaitingEnd } from '../store/end-waiting.js';
import { isSameWork, without } from './open-jobs.js';
import type { JobSubjectRow, OpenJob } from './job-subject.row.js';

interface SubjectRecord {
  readonly subject_id: string;
  readonly issued: number;
  readonly applied: number;
  readonly open_jobs: string;
}

const columns = 'subject_id, issued, applied, open_jobs';

/** In whose order jobs and changes take effect. Whoever also locks users or links in the same transaction calls this first, so that all lock alike. */
@Injectable()
export class JobSubjects {
  /** @param events tells who watches jobs of those that ended while they waited @param metrics counts them */
  constructor(
    @Optional() @Inject(JOB_EVENTS) private readonly events?: Pick<JobEvents, 'publish'>,
    @Optional() private readonly metrics?: JobMetrics,
  ) {}

  /**
   * An administrator or SCIM has changed this person: what was asked for before says nothing any more. Jobs that wait end as superseded at once, one
   * that runs when it writes. Nothing happens for a person who never had a job.
   */
  async overtake(tx: Transaction, subjectId: string): Promise<void> {
    // In this order: MySQL reads what it has assigned already.
    const sql = 'UPDATE job_subjects SET applied = issued + 1, issued = issued + 1 WHERE subject_id = ?';
    if ((await execute(tx, sql, [subjectId])) === 0) return;
    const [subject] = await this.find(tx, [subjectId]);
    if (!subject || subject.openJobs.length === 0) return;
    const ended = await this.endWaiting(tx, subject.openJobs, { status: 'superseded', code: 'job.overtaken' });
    await this.saveOpen(tx, [{ subjectId, openJobs: subject.openJobs.filter(({ id }) => !ended.has(id)) }]);
  }

  /**
   * Somebody has done the work of these jobs by other means: those that wait or were given up end as superseded, one that runs when it writes. Other
   * work on the subject goes on.
   */
  async supersede(tx: Transaction, subjectId: string, work: Pick<OpenJob, 'kind' | 'identityProviderId'>): Promise<void> {
    const subject = (await this.lock(tx, [subjectId])).get(subjectId);
    const own = subject?.openJobs.filter((open) => isSameWork(open, work)) ?? [];
    if (!subject || own.length === 0) return;
    const ended = await this.endWaiting(tx, own, { status: 'superseded', code: 'job.overtaken' });
    // One that runs has its turn: all others come after it.
    const [running]: { sequence: number }[] = await tx.query(
      `SELECT MAX(sequence) AS sequence FROM jobs WHERE id IN (${places(own)}) AND ${stillRunning}`,
      own.map(({ id }) => id),
    );
    const applied = Math.max(subject.applied, running?.sequence ?? 0);
    await this.saveApplied(tx, [{ subjectId, applied, openJobs: without(subject.openJobs, new Set(ended.keys())) }]);
  }

  /**
   * Ends those of the jobs that wait for a worker or are dead, and deletes what they knew. One that runs is left to its worker. Their subject is locked.
   * @returns those that ended
   */
  async endWaiting(tx: Transaction, jobs: readonly Pick<OpenJob, 'id'>[], end: WaitingEnd): Promise<Map<string, EndedWaiting>> {
    const ended = await endWaiting(tx, jobs, end);
    if (ended.size > 0) afterCommit(tx, () => this.tell([...ended.values()], end));
    return ended;
  }

  private tell(ended: readonly EndedWaiting[], { status }: WaitingEnd): void {
    this.events?.publish(ended.map(({ id }) => ({ id, status })));
    for (const { kind } of ended) this.metrics?.ended(kind, status);
  }

  /** Whether somebody has jobs that were given up, or that wait or run. */
  async openJobs(em: EntityManager, subjectId: string): Promise<readonly OpenJob[]> {
    const [subject] = await this.find(em, [subjectId]);
    return subject?.openJobs ?? [];
  }

  /** The next sequence number. `first` says which jobs a subject has that has had none yet. Locks the subject. */
  async issue(tx: Transaction, subjectId: string, first: readonly OpenJob[]): Promise<JobSubjectRow> {
    const merge = tx.dataSource.options.type === 'mysql' ? 'ON DUPLICATE KEY UPDATE' : 'ON CONFLICT (subject_id) DO UPDATE SET';
    const sql = `INSERT INTO job_subjects (${columns}) VALUES (?, 1, 0, ?) ${merge} issued = issued + 1`;
    await tx.query(sql, [subjectId, JSON.stringify(first)]);
    const [subject] = await this.find(tx, [subjectId]);
    if (!subject) throw new TypeError('A job subject that was just written is not there');
    return subject;
  }

  /** The subjects, in nobody else's hands until the transaction ends. Always locked before their jobs. */
  async lock(tx: Transaction, subjectIds: readonly string[]): Promise<Map<string, JobSubjectRow>> {
    const subjects = await this.find(tx, [...subjectIds].sort(), forUpdate(tx));
    return new Map(subjects.map((subject) => [subject.subjectId, subject]));
  }

  /** Writes the open jobs of subjects that are locked. */
  async saveOpen(tx: Transaction, subjects: readonly Pick<JobSubjectRow, 'subjectId' | 'openJobs'>[]): Promise<void> {
    await this.save(tx, subjects, '');
  }

  /** Writes the open jobs of subjects that are locked, and what was applied. */
  async saveApplied(tx: Transaction, subjects: readonly Omit<JobSubjectRow, 'issued'>[]): Promise<void> {
    const applied = `, applied = CASE subject_id ${subjects.map(() => 'WHEN ? THEN ?').join(' ')} ELSE applied END`;
    await this.save(
      tx,
      subjects,
      applied,
      subjects.flatMap((subject) => [subject.subjectId, subject.applied]),
    );
  }

  private async save(
    tx: Transaction,
    subjects: readonly Pick<JobSubjectRow, 'subjectId' | 'openJobs'>[],
    more: string,
    values: readonly unknown[] = [],
  ): Promise<void> {
    if (subjects.length === 0) return;
    const ids = subjects.map(({ subjectId }) => subjectId);
    const cases = subjects.map(() => 'WHEN ? THEN ?').join(' ');
    await tx.query(
      `UPDATE job_subjects SET open_jobs = CASE subject_id ${cases} ELSE open_jobs END${more} WHERE subject_id IN (${places(ids)})`,
      [...subjects.flatMap(({ subjectId, openJobs }) => [subjectId, JSON.stringify(openJobs)]), ...values, ...ids],
    );
  }

  private async find(em: EntityManager, subjectIds: readonly string[], lock = ''): Promise<JobSubjectRow[]> {
    if (subjectIds.length === 0) return [];
    const sql = `SELECT ${columns} FROM job_subjects WHERE subject_id IN (${places(subjectIds)}) ORDER BY subject_id${lock}`;
    const rows: SubjectRecord[] = await em.query(sql, [...subjectIds]);
    return rows.map(toSubject);
  }
}

const toSubject = ({ subject_id: subjectId, issued, applied, open_jobs: openJobs }: SubjectRecord): JobSubjectRow => ({
  subjectId,
  issued,
  applied,
  // Nobody else writes this column.
  openJobs: JSON.parse(openJobs) as OpenJob[],
});
