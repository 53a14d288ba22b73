import type { JobOptions, Queue } from 'bull';
import { Database, databaseTime, places, redisPrefix, type Logger } from '@foyer/platform';
import { jobPriorities } from '../../outbox/new-job.js';
import { Batches } from '../../running/batches.js';
import type { DueJob } from '../../store/due-jobs.js';
import { JobStore } from '../../store/job-store.js';
import { queueName } from './queue-connections.js';
import { tokenIdOf, type Token } from './token.js';

/** As many jobs are handed over in one round trip. */
export const batchSize = 500;
/**
 * Jobs that wait in Redis at most. The others wait in the database: so that Redis is small whatever waits, and whoever is in a hurry does not wait
 * for all that came before.
 */
const mostWaiting = 2_000;
/** Milliseconds after which a job that was handed over and not claimed is looked at again. */
const patienceMs = 60_000;
/** Whoever is not named here comes after those who are. */
const bullPriorities: ReadonlyMap<number, number> = new Map([[jobPriorities.firstLogin, 1]]);
const knownKey = `${redisPrefix}${queueName}:known`;

/** Puts jobs that are due into Bull's queue. */
export class HandOver {
  private readonly announced: Batches<string, void>;

  constructor(
    private readonly database: Database,
    private readonly store: JobStore,
    private readonly queue: Queue<Token>,
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

  /** How many more Redis takes. @throws when Redis does not answer */
  async room(): Promise<number> {
    return mostWaiting - (await this.queue.getWaitingCount());
  }

  /** The jobs are handed over, most urgent first, when this resolves. A job that Redis has already is not there twice. */
  async handOver(jobs: readonly DueJob[]): Promise<void> {
    if (jobs.length === 0) return;
    const ids = jobs.map(({ id }) => id);
    await this.mark(ids, 'ready', 'handed', patienceMs);
    try {
      const tokens = await this.queue.addBulk(jobs.map((job) => ({ data: { id: job.id }, opts: optionsOf(job) })));
      if (tokens.some(({ id }) => !id)) throw new Error('Redis did not take all jobs');
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
    const room = await this.room();
    if (room > 0) await this.handOver((await this.store.dueAmong(ids)).slice(0, room));
    return ids.map(() => undefined);
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

function optionsOf(job: DueJob): JobOptions {
  const priority = bullPriorities.get(job.priority);
  return { jobId: tokenIdOf(job), ...(priority !== undefined && { priority }) };
}
