import type { EntityManager } from 'typeorm';
import { databaseTime, places } from '@foyer/platform';
import { jobPriorities } from '../outbox/new-job.js';

/** A job that a worker could take. */
export interface DueJob {
  readonly id: string;
  readonly kind: string;
  readonly lane: string;
  readonly priority: number;
  readonly fence: number;
  /** Whether its lane is paused. */
  readonly paused: boolean;
}

type DueRecord = Omit<DueJob, 'paused'> & { readonly paused: number | null };

const priorities = Object.values(jobPriorities);
const columns = 'id, kind, lane, priority, fence, (SELECT 1 FROM job_pauses WHERE job_pauses.lane = jobs.lane) AS paused';

/** The jobs that are due and not handed to Redis, most urgent first, oldest first. */
export async function dueJobs(em: EntityManager, limit: number): Promise<DueJob[]> {
  // One search for each priority: the jobs of one that are not due yet are in nobody's way.
  const found: DueJob[] = [];
  for (const priority of priorities) {
    if (found.length >= limit) break;
    const rows: DueRecord[] = await em.query(
      `SELECT ${columns} FROM jobs WHERE stage = 'ready' AND priority = ? AND due_at <= ${databaseTime(em)} ORDER BY due_at, id LIMIT ?`,
      [priority, limit - found.length],
    );
    found.push(...rows.map(toDue));
  }
  return found;
}

/** Those of the jobs that a worker could take now, handed to Redis or not. */
export async function dueAmong(em: EntityManager, ids: readonly string[]): Promise<DueJob[]> {
  if (ids.length === 0) return [];
  const rows: DueRecord[] = await em.query(
    `SELECT ${columns} FROM jobs WHERE id IN (${places(ids)}) AND ${stillDue} AND due_at <= CASE stage WHEN 'handed' THEN due_at ELSE ${databaseTime(em)} END`,
    [...ids],
  );
  return rows.map(toDue);
}

/** Milliseconds until the next job is due; undefined when none waits for its time. At most 0: one is. */
export async function nextDueIn(em: EntityManager): Promise<number | undefined> {
  const next = priorities.map(
    (priority) => `(SELECT MIN(due_at) FROM jobs WHERE stage = 'ready' AND priority = ${priority}) AS p${priority}`,
  );
  const [row]: Record<string, number | null>[] = await em.query(`SELECT ${databaseTime(em)} AS now, ${next.join(', ')}`);
  if (!row) return undefined;
  const { now, ...times } = row;
  const due = Object.values(times).filter((time) => time !== null);
  return due.length === 0 ? undefined : Math.min(...due.map(Number)) - Number(now);
}

/**
 * The condition that a job waits for a worker, written so that no index but the one on the id is looked at: on MySQL a change locks what it looks at.
 */
export const stillDue = "COALESCE(stage, '') IN ('ready', 'handed')";
export const stillRunning = "COALESCE(status, '') = 'running'";

const toDue = ({ paused, ...job }: DueRecord): DueJob => ({ ...job, paused: paused !== null });
