import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CLOCK, Database, LOGGER, places, Repeating, SETTINGS, type Clock, type Logger, type Settings } from '@foyer/platform';
import type { JobStatus } from '../store/job.row.js';

const hourMs = 3_600_000;
const pace = { everyMs: 60_000, soonMs: 100 };
const atOnce = 200;
/** A dead job stays until somebody retries or discards it. */
const ended: readonly JobStatus[] = ['done', 'superseded', 'discarded'];

/** Removes jobs that ended more than `FOYER_JOB_HOURS` ago, in the background: a little at a time, because on SQLite every login waits for it. */
@Injectable()
export class JobRetention implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly repeating: Repeating;

  constructor(
    private readonly database: Database,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'jobHours'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.repeating = new Repeating('jobs: retention', () => this.removeOld(), pace, logger);
  }

  onApplicationBootstrap(): void {
    this.repeating.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.repeating.stop();
  }

  /** Removes a few. @returns whether there may be more */
  async removeOld(): Promise<boolean> {
    const before = this.clock.now() - this.settings.jobHours * hourMs;
    let more = false;
    for (const status of ended) more = (await this.remove(status, before)) === atOnce || more;
    return more;
  }

  private async remove(status: JobStatus, before: number): Promise<number> {
    const sql = 'SELECT id FROM jobs WHERE status = ? AND created_at < ? AND ended_at < ? ORDER BY created_at, id LIMIT ?';
    const found: { id: string }[] = await this.database.read.query(sql, [status, before, before, atOnce]);
    const ids = found.map(({ id }) => id);
    if (ids.length === 0) return 0;
    await this.database.transaction(async (tx) => {
      await tx.query(`DELETE FROM job_attempts WHERE job_id IN (${places(ids)})`, ids);
      await tx.query(`DELETE FROM jobs WHERE id IN (${places(ids)}) AND COALESCE(status, '') = ?`, [...ids, status]);
    });
    return ids.length;
  }
}
