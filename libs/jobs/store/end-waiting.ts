import { databaseTime, places, type Transaction } from '@foyer/platform';
import type { OpenJob } from '../subjects/job-subject.row.js';
import type { JobStatus } from './job.row.js';

interface Ended {
  readonly id: string;
  readonly priority: number;
}

/**
 * Ends those of the jobs that wait for a worker or are dead, and deletes what they knew. One that runs is left to its worker. Their subject is locked.
 * @returns those that ended
 */
export async function endWaiting(
  tx: Transaction,
  jobs: readonly Pick<OpenJob, 'id'>[],
  { status, code }: { readonly status: Extract<JobStatus, 'superseded' | 'discarded'>; readonly code: string },
): Promise<Map<string, Ended>> {
  if (jobs.length === 0) return new Map();
  const ids = jobs.map(({ id }) => id);
  await tx.query(
    `UPDATE jobs SET status = ?, stage = 'ended', payload = NULL, code = ?, message = NULL, ended_at = ${databaseTime(tx)}, version = version + 1
     WHERE id IN (${places(ids)}) AND status IN ('waiting', 'dead')`,
    [status, code, ...ids],
  );
  // What this transaction has changed it sees, whatever it saw before.
  const ended: Ended[] = await tx.query(`SELECT id, priority FROM jobs WHERE id IN (${places(ids)}) AND status = ?`, [...ids, status]);
  return new Map(ended.map((job) => [job.id, job]));
}
