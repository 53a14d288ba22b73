import type { EntityManager } from 'typeorm';
import { databaseTime, places } from '@foyer/platform';
import type { JobKind } from '../kinds/job-kind.js';
import { jobPriorities } from '../outbox/new-job.js';

/** A job that a worker could take. */
export interface DueJob {
  readonly id: string;
  readonly kind: string;
  readonly payloadVersion: number;
  readonly lane: string;
  readonly priority: number;
  readonly fence: number;
  /** Whether its lane is paused. */
  readonly paused: boolean;
}

type DueRecord = Omit<DueJob, 'paused' | 'payloadVersion'> & { readonly payload_version: number; readonly paused: number | null };

const priorities = Object.values(jobPriorities);
const columns = 'id, kind, payload_version, lane, priority, fence, (SELECT 1 FROM job_pauses WHERE job_pauses.lane = jobs.lane) AS paused';

/** What a worker can do: jobs of these kinds, up to these versions. */
export type KnownKind = Pick<JobKind<unknown>, 'name' | 'version'>;

/** @returns whether a worker that knows these kinds can do the job */
export const isKnown = ({ kind, payloadVersion }: Pick<DueJob, 'kind' | 'payloadVersion'>, kinds: readonly KnownKind[]): boolean =>
  kinds.some(({ name, version }) => name === kind && payloadVersion <= version);

/** The jobs that are due and not handed to Redis, most urgent first, oldest first. @param kinds of these only, unless absent */
export async function dueJobs(em: EntityManager, limit: number, kinds?: readonly KnownKind[]): Promise<DueJob[]> {
  if (kinds?.length === 0) return [];
  const known = kinds ? ` AND (${kinds.map(() => '(kind = ? AND payload_version <= ?)').join(' OR ')})` : '';
  const knownValues = kinds?.flatMap(({ name, version }) => [name, version]) ?? [];
  // One search for each priority: the jobs of one that are not due yet are in nobody's way.
  const found: DueJob[] = [];
  for (const priority of priorities) {
    if (found.length >= limit) break;
    const rows: DueRecord[] = await em.query(
      `SELECT ${columns} FROM jobs WHERE stage = 'ready' AND priority = ? AND due_at <= ${databaseTime(em)}${known} ORDER BY due_at, id LIMIT ?`,
      [priority, ...knownValues, limit - found.length],
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

const toDue = ({ paused, payload_version: payloadVersion, ...job }: DueRecord): DueJob => ({
  ...job,
  payloadVersion,
  paused: paused !== null,
});
