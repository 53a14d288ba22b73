import { setTimeout as pause } from 'node:timers/promises';
import type { JobOptions, Queue } from 'bull';
import { Database, databaseTime, places, redisPrefix, type Logger } from '@foyer/platform';
import { jobPriorities } from '../../outbox/new-job.js';
import { Batches } from '../../running/batches.js';
import type { DueJob } from '../../store/due-jobs.js';
import { JobStore } from '../../store/job-store.js';
import { longestRestMs } from '../idling.js';
import { queueName } from './queue-connections.js';
import { tokenIdOf, type Token } from './token.js';

/** As many jobs are handed over in one round trip. */
export const batchSize = 500;
/** Jobs that are handed over together are spread over as many tokens at least, if there are as many. */
const spreadOver = 25;
/**
 * When as many tokens wait in Redis, no more are added. The other jobs wait in the database: so that Redis is small whatever waits, and whoever is in a
 * hurry does not wait for all that came before.
 */
const mostWaiting = 100;
/** Milliseconds after which Redis may have room again. */
export const fullMs = 50;
/** Milliseconds after which a job that was handed over and not claimed is looked at again. */
const patienceMs = 60_000;
/** Whoever is not named here comes after those who are. */
const bullPriorities: ReadonlyMap<number, number> = new Map([[jobPriorities.firstLogin, 1]]);
const knownKey = `${redisPrefix}${queueName}:known`;

/** Puts jobs that are due into Bull's queue. */
export class HandOver {
  private readonly announced: Batches<string, void>;
  /** As `performance.now()` tells the time. */
  private fullSince: number | undefined;

  constructor(
    private readonly database: Database,
    private readonly store: JobStore,
    private readonly queue: Queue<Token>,
    private readonly stopped: AbortSignal,
    private readonly logger: Logger,
  ) {
    this.announced = new Batches((ids) => this.announcedTogether(ids), batchSize);
  }

  /** Hands over jobs that were just committed. What cannot be handed over now is found by the relay. Never rejects. */
  async announce(ids: readonly string[]): Promise<void> {
    try {
      await Promise.all(ids.map((id) => this.announced.add(id)));
    } catch (error) {
      this.logger.debug({ err: error }, 'Jobs could not be handed to Redis; the relay tries again');
    }
  }

  /** Hands over jobs again that were brought to a worker which left them. Never rejects. */
  async handAgain(ids: readonly string[]): Promise<void> {
    try {
      // Where Redis has no room for them now, the relay finds them.
      for (let first = 0; first < ids.length; first += batchSize) await this.takeBack(ids.slice(first, first + batchSize));
    } catch (error) {
      this.logger.warn({ err: error }, 'Jobs that were left could not be handed on; they are looked for in a minute');
      return;
    }
    await this.announce(ids);
  }

  /** Whether Redis takes more. @throws when Redis does not answer */
  async hasRoom(): Promise<boolean> {
    return (await this.queue.getWaitingCount()) < mostWaiting;
  }

  /** The jobs are handed over, most urgent first, when this resolves. A job that Redis has already is not there twice. */
  async handOver(jobs: readonly DueJob[]): Promise<void> {
    if (jobs.length === 0) return;
    const ids = jobs.map(({ id }) => id);
    await this.mark(ids, 'ready', 'handed', patienceMs);
    try {
      const tokens = await this.queue.addBulk(tokensOf(jobs));
      if (tokens.some(({ id }) => !id)) throw new Error('Redis did not take all jobs: it is full or read-only');
    } catch (error) {
      // If this fails, too, they are looked at again when their time is over.
      await this.mark(ids, 'handed', 'ready', 0).catch(() => undefined);
      throw error;
    }
  }

  /** Whether Redis has been emptied since this was asked for the last time, by whatever process. */
  async wasEmptied(): Promise<boolean> {
    return (await this.queue.client.set(knownKey, '1', 'NX')) === 'OK';
  }

  private async announcedTogether(ids: readonly string[]): Promise<void[]> {
    if (await this.roomComes()) await this.handOver(await this.store.dueAmong(ids));
    return ids.map(() => undefined);
  }

  /** Waits for room, until the relay has looked and knows of all that waits. @returns false when it has not come */
  private async roomComes(): Promise<boolean> {
    while (!(await this.hasRoom())) {
      this.fullSince ??= performance.now();
      if (this.stopped.aborted || performance.now() - this.fullSince > longestRestMs) return false;
      await pause(fullMs, undefined, { signal: this.stopped }).catch(() => undefined);
    }
    this.fullSince = undefined;
    return true;
  }

  /**
   * Of jobs that were brought to a worker which left them. Redis may still have the tokens, until the worker has room again, and would take further ones
   * of the same id for repetitions: so these get another.
   */
  private takeBack(ids: readonly string[]): Promise<unknown> {
    return this.database.transaction((tx) =>
      tx.query(
        `UPDATE jobs SET stage = 'ready', due_at = ${databaseTime(tx)}, fence = fence + 1 WHERE id IN (${places(ids)}) AND COALESCE(stage, '') = 'handed'`,
        [...ids],
      ),
    );
  }

  private mark(ids: readonly string[], from: 'ready' | 'handed', to: 'ready' | 'handed', inMs: number): Promise<unknown> {
    return this.database.transaction((tx) =>
      tx.query(`UPDATE jobs SET stage = ?, due_at = ${databaseTime(tx)} + ? WHERE id IN (${places(ids)}) AND COALESCE(stage, '') = ?`, [
        to,
        inMs,
        ...ids,
        from,
      ]),
    );
  }
}

interface AddedToken {
  readonly data: Token;
  readonly opts: JobOptions;
}

/** Jobs of one urgency are brought together, the more of them the more there are: so that many are claimed at once, and still go round all workers. */
function tokensOf(jobs: readonly DueJob[]): AddedToken[] {
  const groups = new Map<number | undefined, DueJob[]>();
  for (const job of jobs) {
    const priority = bullPriorities.get(job.priority);
    const group = groups.get(priority);
    if (group) group.push(job);
    else groups.set(priority, [job]);
  }
  return [...groups].flatMap(([priority, group]) => {
    const size = Math.max(1, Math.floor(group.length / spreadOver));
    return Array.from({ length: Math.ceil(group.length / size) }, (_, index) =>
      tokenOf(group.slice(index * size, (index + 1) * size), priority),
    );
  });
}

const tokenOf = (jobs: readonly DueJob[], priority: number | undefined): AddedToken => ({
  data: { ids: jobs.map(({ id }) => id) },
  opts: { jobId: tokenIdOf(jobs), ...(priority !== undefined && { priority }) },
});
