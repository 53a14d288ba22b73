import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database, databaseTime, forShare, LOGGER, places, Repeating, type Logger } from '@foyer/platform';
import { JobAnnouncements } from '../outbox/job-announcements.js';
import { jobPriorities } from '../outbox/new-job.js';

/** As many jobs are freed in one transaction: logins go on in between. */
const atOnce = 500;
/** Milliseconds after which whoever resumed a lane is not waited for any more. */
const patienceMs = 30_000;
const pace = { everyMs: 30_000, soonMs: 30_000 };
const priorities = Object.values(jobPriorities);

interface ParkedJob {
  readonly id: string;
  readonly due_at: number;
}

/** Frees the jobs of lanes that were resumed, a little at a time. Every process looks whether another one ended before it had freed all. */
@Injectable()
export class ParkedJobs implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly repeating: Repeating;
  private readonly freeing = new Set<Promise<number>>();
  private stopping = false;

  constructor(
    private readonly database: Database,
    private readonly announcements: JobAnnouncements,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.repeating = new Repeating('jobs: lanes that were resumed', () => this.freeForgotten(), pace, logger);
  }

  onApplicationBootstrap(): void {
    this.repeating.start();
  }

  /** What is not freed by now is left to others. */
  async onApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await Promise.allSettled([this.repeating.stop(), ...this.freeing]);
  }

  /** Frees the jobs of a lane that is among those resumed. @returns how many there were */
  async free(lane: string): Promise<number> {
    const freeing = this.freeAll(lane);
    this.freeing.add(freeing);
    try {
      return await freeing;
    } finally {
      this.freeing.delete(freeing);
    }
  }

  /** Goes on with lanes that another process has resumed and left. @returns false: it leaves nothing to do */
  async freeForgotten(): Promise<boolean> {
    const { read } = this.database;
    const sql = `SELECT lane FROM job_resumes WHERE started_at <= ${databaseTime(read)} - ?`;
    const forgotten: { lane: string }[] = await read.query(sql, [patienceMs]);
    for (const { lane } of forgotten) await this.free(lane);
    return false;
  }

  private async freeAll(lane: string): Promise<number> {
    let freed = 0;
    // Until a whole round finds none: a job may get another place while we go through them.
    for (;;) {
      const { found, interrupted } = await this.round(lane);
      freed += found;
      if (interrupted) return freed;
      if (found === 0) break;
    }
    await this.database.transaction((tx) => tx.query('DELETE FROM job_resumes WHERE lane = ?', [lane]));
    return freed;
  }

  /** @returns how many it freed, and whether it ended because the lane was paused again or the process stops */
  private async round(lane: string): Promise<{ readonly found: number; readonly interrupted: boolean }> {
    let found = 0;
    for (const priority of priorities) {
      let last: ParkedJob | undefined = { id: '', due_at: -1 };
      while (last) {
        const jobs: ParkedJob[] = await this.parked(lane, priority, last);
        if (this.stopping || (jobs.length > 0 && !(await this.freeThese(lane, jobs)))) return { found, interrupted: true };
        found += jobs.length;
        last = jobs.length === atOnce ? jobs.at(-1) : undefined;
      }
    }
    return { found, interrupted: false };
  }

  private parked(lane: string, priority: number, { id, due_at: dueAt }: ParkedJob): Promise<ParkedJob[]> {
    return this.database.read.query(
      `SELECT id, due_at FROM jobs WHERE stage = 'parked' AND priority = ? AND due_at >= ? AND (due_at > ? OR id > ?) AND lane = ?
       ORDER BY due_at, id LIMIT ?`,
      [priority, dueAt, dueAt, id, lane, atOnce],
    );
  }

  /** @returns false when the lane was paused again */
  private async freeThese(lane: string, jobs: readonly ParkedJob[]): Promise<boolean> {
    const ids = jobs.map(({ id }) => id);
    const isResumed = await this.database.transaction(async (tx) => {
      const resumed: unknown[] = await tx.query(`SELECT lane FROM job_resumes WHERE lane = ?${forShare(tx)}`, [lane]);
      if (resumed.length === 0) return false;
      await tx.query(`UPDATE jobs SET stage = 'ready' WHERE id IN (${places(ids)}) AND COALESCE(stage, '') = 'parked'`, ids);
      return true;
    });
    if (isResumed) this.announcements.announce(ids);
    return isResumed;
  }
}
