import { Injectable } from '@nestjs/common';
import { databaseTime, execute, maxJsonBytes, places, type Transaction } from '@foyer/platform';
import type { JobSubjectRow, OpenJob } from '../subjects/job-subject.row.js';
import { JobSubjects } from '../subjects/job-subjects.js';
import { isSameWork, turnOf, without } from '../subjects/open-jobs.js';
import type { Claim } from './claimed-job.js';
import { stillRunning } from './due-jobs.js';
import type { AttemptOutcome } from './job-attempt.row.js';
import type { JobStatus } from './job.row.js';
import { jobLost, jobOvertaken } from './lost.js';

/** How an attempt ended. */
export interface Ending {
  readonly job: Claim;
  readonly outcome: AttemptOutcome;
  readonly code?: string;
  readonly message?: string;
  /** What is to be seen of its plan. */
  readonly plan?: unknown;
  /** When it is tried again, and whether the attempt counts towards its limit. Without it a job that is not done is given up. */
  readonly again?: { readonly inMs: number; readonly counts: boolean };
}

/** A job that may be brought to a worker in so many milliseconds. */
export interface NextJob {
  readonly id: string;
  readonly inMs: number;
}

/** What became of jobs, and which ones come next: those that have their turn now, and those that are tried again. */
export interface Ended {
  readonly statuses: ReadonlyMap<string, JobStatus>;
  readonly next: readonly NextJob[];
}

/** The attempts that are kept of one job. */
const keptAttempts = 20;
const longestMessage = 500;
const longestCode = 100;

/** Ends attempts, and gives the next jobs of their subjects their turn. */
@Injectable()
export class JobEndings {
  constructor(private readonly subjects: JobSubjects) {}

  /**
   * @param endings of different jobs; of several, none is lost or overtaken
   * @throws FoyerError `job.lost` when a job is its worker's no more; `job.overtaken` when one is said to be done that must have no effect any more
   */
  async end(tx: Transaction, endings: readonly Ending[]): Promise<Ended> {
    const subjects = await this.subjects.lock(
      tx,
      endings.map(({ job }) => job.subjectId),
    );
    const decided = endings.map((ending) => decide(ending, subjects.get(ending.job.subjectId)));
    for (const group of groups(decided)) await write(tx, group);
    if (decided.some(({ ending, status }) => status === 'done' && isOvertaken(ending, subjects.get(ending.job.subjectId))))
      throw jobOvertaken();
    await keepAttempts(tx, endings);
    await this.letGo(tx, subjects, decided);
    const turned = await this.giveTurns(tx, subjects, decided);
    const again = decided
      .filter(({ status }) => status === 'waiting')
      .map(({ ending: { job, again: when } }) => ({ id: job.id, inMs: when?.inMs ?? 0 }));
    const statuses = new Map(decided.map(({ ending, status }) => [ending.job.id, status]));
    return { statuses, next: [...turned.map((id) => ({ id, inMs: 0 })), ...again] };
  }

  /** Dead jobs whose work has been done by a newer one. */
  private async letGo(tx: Transaction, subjects: ReadonlyMap<string, JobSubjectRow>, decided: readonly Decided[]): Promise<void> {
    const obsolete = decided.flatMap(({ ending: { job }, status }) => {
      return status === 'done' ? obsoleteBy(subjects.get(job.subjectId)?.openJobs ?? [], job) : [];
    });
    await this.subjects.endWaiting(tx, obsolete, { status: 'superseded', code: 'job.overtaken' });
  }

  private async giveTurns(
    tx: Transaction,
    subjects: ReadonlyMap<string, JobSubjectRow>,
    decided: readonly Decided[],
  ): Promise<readonly string[]> {
    const changed = decided.filter(({ status }) => status !== 'waiting').map((one) => after(one, subjects.get(one.ending.job.subjectId)));
    if (changed.length === 0) return [];
    await this.subjects.saveApplied(tx, changed);
    const turned = changed.map(({ openJobs }) => turnOf(openJobs)).filter((id) => id !== undefined);
    if (turned.length > 0)
      await tx.query(`UPDATE jobs SET stage = 'ready' WHERE id IN (${places(turned)}) AND COALESCE(stage, '') = 'behind'`, turned);
    return turned;
  }
}

interface Decided {
  readonly ending: Ending;
  readonly status: JobStatus;
}

function decide(ending: Ending, subject: JobSubjectRow | undefined): Decided {
  const { job, outcome, again } = ending;
  if (outcome === 'superseded') return { ending, status: 'superseded' };
  if (outcome === 'done') return { ending, status: 'done' };
  // What a newer one of its kind knows, or whoever overtook it, is all that counts: this one need not be tried again.
  if (!subject || isOvertaken(ending, subject) || newerThan(subject.openJobs, job)) return { ending, status: 'superseded' };
  return { ending, status: again ? 'waiting' : 'dead' };
}

const isOvertaken = ({ job }: Ending, subject: JobSubjectRow | undefined): boolean => !subject || job.sequence <= subject.applied;

const obsoleteBy = (openJobs: readonly OpenJob[], job: Claim): readonly OpenJob[] =>
  openJobs.filter((open) => open.dead && open.id !== job.id && isSameWork(open, job));

const newerThan = (openJobs: readonly OpenJob[], job: Claim): boolean =>
  openJobs.slice(openJobs.findIndex((open) => open.id === job.id) + 1).some((open) => isSameWork(open, job));

/** The subject as a job leaves it. */
function after({ ending: { job, code }, status }: Decided, subject: JobSubjectRow | undefined): Omit<JobSubjectRow, 'issued'> {
  const { applied = 0, openJobs = [] } = subject ?? {};
  const { subjectId } = job;
  if (status === 'dead') {
    const failure = fit(code, longestCode) ?? 'job.failed';
    return { subjectId, applied, openJobs: openJobs.map((open) => (open.id === job.id ? { ...open, dead: true, failure } : open)) };
  }
  const gone = new Set([job.id]);
  if (status !== 'done') return { subjectId, applied, openJobs: without(openJobs, gone) };
  for (const { id } of obsoleteBy(openJobs, job)) gone.add(id);
  return { subjectId, applied: Math.max(applied, job.sequence), openJobs: without(openJobs, gone).map((open) => asDone(open, job)) };
}

/** What was tried in vain has been done: whoever comes next is a beginning of its own. */
function asDone(open: OpenJob, job: Claim): OpenJob {
  if (!isSameWork(open, job)) return open;
  const { failure: _past, ...rest } = open;
  return rest;
}

/** Those that are written in one statement. */
function groups(decided: readonly Decided[]): (readonly Decided[])[] {
  const done = decided.filter(({ status }) => status === 'done');
  const others = decided.filter(({ status }) => status !== 'done').map((one) => [one]);
  return done.length > 0 ? [done, ...others] : others;
}

/** @param group of one, or of jobs that are done */
async function write(tx: Transaction, group: readonly Decided[]): Promise<void> {
  const [first] = group;
  if (!first) return;
  const { set, values } = changeFor(first, databaseTime(tx));
  const those = group.map(() => '(id = ? AND fence = ?)').join(' OR ');
  const found = await execute(tx, `UPDATE jobs SET ${set}, version = version + 1 WHERE (${those}) AND ${stillRunning}`, [
    ...values,
    ...group.flatMap(({ ending: { job } }) => [job.id, job.fence]),
  ]);
  if (found !== group.length) throw jobLost();
}

function changeFor({ ending, status }: Decided, now: string): { readonly set: string; readonly values: readonly unknown[] } {
  const reason = [fit(ending.code, longestCode), fit(ending.message, longestMessage)];
  const { again } = ending;
  const tries = ending.outcome === 'failed' || ending.outcome === 'lost' ? Number(again?.counts ?? true) : 0;
  if (status === 'waiting') {
    const set = `status = 'waiting', stage = 'ready', due_at = ${now} + ?, code = ?, message = ?, tries = tries + ?, worker = NULL`;
    return { set, values: [again?.inMs ?? 0, ...reason, tries] };
  }
  const ended = `status = '${status}', stage = 'ended', ended_at = ${now}, code = ?, message = ?`;
  if (status === 'dead') return { set: `${ended}, tries = tries + ?`, values: [...reason, tries] };
  return { set: `${ended}, payload = NULL`, values: reason };
}

async function keepAttempts(tx: Transaction, endings: readonly Ending[]): Promise<void> {
  const rows = endings.map(({ job, outcome, code, message, plan }) => {
    const reason = [fit(code, longestCode), fit(message, longestMessage)];
    return [job.id, job.attempt, job.worker, outcome, ...reason, plan === undefined ? null : planText(plan), job.startedAt];
  });
  await tx.query(
    `INSERT INTO job_attempts (job_id, number, worker, outcome, code, message, plan, started_at, ended_at)
     VALUES ${rows.map((row) => `(${places(row)}, ${databaseTime(tx)})`).join(', ')}`,
    rows.flat(),
  );
  for (const { job } of endings.filter((ending) => ending.job.attempt > keptAttempts))
    await tx.query('DELETE FROM job_attempts WHERE job_id = ? AND number <= ?', [job.id, job.attempt - keptAttempts]);
}

const fit = (text: string | undefined, longest: number): string | null =>
  text === undefined ? null : text.slice(0, longest).replace(/\p{Surrogate}/gu, '\ufffd');

function planText(plan: unknown): string {
  const text = JSON.stringify(plan);
  const bytes = Buffer.byteLength(text);
  return bytes > maxJsonBytes ? JSON.stringify({ omitted: 'too large', bytes }) : text;
}
