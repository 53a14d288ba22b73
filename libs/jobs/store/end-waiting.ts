import { databaseTime, places, type Transaction } from '@foyer/platform';
import type { OpenJob } from '../subjects/job-subject.row.js';
import type { JobStatus } from './job.row.js';

/** A job that ended while it waited for a worker or was dead. */
export interface EndedWaiting {
  readonly id: string;
  readonly kind: string;
  readonly priority: number;
}

/** How it ended, and the code that says why. */
export interface WaitingEnd {
  readonly status: Extract<JobStatus, 'superseded' | 'discarded'>;
  readonly code: string;
}

/**
 * Ends those of the jobs that wait for a worker or are dead, and deletes what they knew. One that runs is left to its worker. Their subject is locked.
 * @returns those that ended
 */
export async function endWaiting(
  tx: Transaction,
  jobs: readonly Pick<OpenJob, 'id'>[],
  { status, code }: WaitingEnd,
): Promise<Map<string, EndedWaiting>> {
  if (jobs.length === 0) return new Map();
  const ids = jobs.map(({ id }) => id);
  await tx.query(
    `UPDATE jobs SET status = ?, stage = 'ended', payload = NULL, code = ?, message = NULL, ended_at = ${databaseTime(tx)}, version = version + 1
     WHERE id IN (${places(ids)}) AND status IN ('waiting', 'dead')`,
    [status, code, ...ids],
  );
  // What this transaction has changed it sees, whatever it saw before.
  const ended: EndedWaiting[] = await tx.query(`SELECT id, kind, priority FROM jobs WHERE id IN (${places(ids)}) AND status = ?`, [
    ...ids,
    status,
  ]);
  return new Map(ended.map((job) => [job.id, job]));
}
