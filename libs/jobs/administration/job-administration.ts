import { Inject, Injectable } from '@nestjs/common';
import {
  Database,
  databaseTime,
  forUpdate,
  LOGGER,
  traceIdOf,
  Vault,
  type Logger,
  type Precondition,
  type Transaction,
} from '@foyer/platform';
import { JOB_EVENTS, type JobEvents } from '../events/job-events.js';
import { JobAnnouncements } from '../outbox/job-announcements.js';
import { openPayload } from '../outbox/payload.js';
import type { JobHandler } from '../running/job-handler.js';
import { JobHandlers } from '../running/job-handlers.js';
import { JobRow, type JobStage, type JobStatus } from '../store/job.row.js';
import type { OpenJob } from '../subjects/job-subject.row.js';
import { JobSubjects } from '../subjects/job-subjects.js';
import { turnOf, without } from '../subjects/open-jobs.js';
import { jobEnded, jobKindUnknown, jobNotFound, jobRunning } from './faults.js';

/** Who knows jobs of a kind well enough to discard them: their handler, or a part of it. */
export type DiscardingHandler = Pick<JobHandler, 'kind' | 'discarded'>;

export interface Discarding {
  find(kind: string): DiscardingHandler | undefined;
}

/** What a change led to. */
interface Changed {
  readonly status: JobStatus;
  /** Those that may be brought to a worker now. */
  readonly ready: readonly string[];
}

/** A job that nobody else adds to, ends or claims until the transaction ends, and the jobs of its subject that may still have an effect. */
interface Locked {
  readonly job: JobRow;
  readonly openJobs: readonly OpenJob[];
}

/** What administrators do with jobs. */
@Injectable()
export class JobAdministration {
  constructor(
    private readonly database: Database,
    private readonly subjects: JobSubjects,
    @Inject(JobHandlers) private readonly handlers: Discarding,
    private readonly vault: Vault,
    private readonly announcements: JobAnnouncements,
    @Inject(JOB_EVENTS) private readonly events: JobEvents,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Makes a dead job wait again, behind what waits for its subject, and one that waits due at once. Its attempts are counted from the beginning.
   * @param by who asks for it
   * @throws FoyerError `job.notFound`, `job.running`, `job.ended`, `version.stale`
   */
  async retry(id: string, by: string, precondition?: Precondition): Promise<void> {
    await this.change(id, by, precondition, 'a job is to be tried again', async (tx, locked) => {
      return locked.job.status === 'dead' ? this.revive(tx, locked) : this.hurry(tx, locked);
    });
  }

  /**
   * Ends a job that waits or is dead without it being done, and deletes what it knew.
   * @param by who asks for it
   * @throws FoyerError `job.notFound`, `job.running`, `job.ended`, `job.kindUnknown`, `version.stale`
   */
  async discard(id: string, by: string, precondition?: Precondition): Promise<void> {
    await this.change(id, by, precondition, 'a job was discarded', (tx, locked) => this.end(tx, locked, by));
  }

  private async change(
    id: string,
    by: string,
    precondition: Precondition | undefined,
    what: string,
    work: (tx: Transaction, locked: Locked) => Promise<Changed>,
  ): Promise<void> {
    const found = await this.database.read.findOneBy(JobRow, { id });
    if (!found) throw jobNotFound();
    const { status, ready } = await this.database.transaction(async (tx) => {
      const locked = await this.lock(tx, found);
      precondition?.check(locked.job);
      if (locked.job.status === 'running') throw jobRunning();
      if (locked.job.status !== 'waiting' && locked.job.status !== 'dead') throw jobEnded();
      return work(tx, locked);
    });
    const { kind, loginId, code } = found;
    this.logger.info({ jobId: id, kind, loginId, code, by, traceId: traceIdOf(found.traceparent) }, what);
    // Of one that ended those are told already who watch.
    if (status === 'waiting') this.events.publish([{ id, status }]);
    this.announcements.announce(ready);
  }

  /** The subject first, as everybody does, then the job: a worker claims it without a look at the subject. */
  private async lock(tx: Transaction, { id, subjectId }: JobRow): Promise<Locked> {
    const subject = (await this.subjects.lock(tx, [subjectId])).get(subjectId);
    await tx.query(`SELECT id FROM jobs WHERE id = ?${forUpdate(tx)}`, [id]);
    const job = await tx.findOneBy(JobRow, { id });
    if (!job) throw jobNotFound();
    return { job, openJobs: subject?.openJobs ?? [] };
  }

  private async hurry(tx: Transaction, { job: { id, stage } }: Locked): Promise<Changed> {
    const now = databaseTime(tx);
    // One that was handed to Redis has no other time than that at which it is looked for.
    const sooner = stage === 'handed' ? '' : `, due_at = CASE WHEN due_at > ${now} THEN ${now} ELSE due_at END`;
    await tx.query(`UPDATE jobs SET tries = 0, version = version + 1${sooner} WHERE id = ?`, [id]);
    return { status: 'waiting', ready: stage === 'ready' ? [id] : [] };
  }

  /**
   * With a number of its own, because what others did for this subject in between does not make up for it: whatever does, such as a change by an
   * administrator, has ended it.
   */
  private async revive(tx: Transaction, { job }: Locked): Promise<Changed> {
    const { issued, openJobs } = await this.subjects.issue(tx, job.subjectId, []);
    const own = openJobs.find(({ id }) => id === job.id);
    if (!own) throw jobEnded();
    const { dead: _past, ...revived } = own;
    const others = without(openJobs, new Set([job.id]));
    const stage: JobStage = turnOf(others) === undefined ? 'ready' : 'behind';
    await tx.query(
      `UPDATE jobs SET status = 'waiting', stage = ?, sequence = ?, due_at = ${databaseTime(tx)}, tries = 0, worker = NULL, ended_at = NULL,
       version = version + 1 WHERE id = ?`,
      [stage, issued, job.id],
    );
    await this.subjects.saveOpen(tx, [{ subjectId: job.subjectId, openJobs: [...others, revived] }]);
    return { status: 'waiting', ready: stage === 'ready' ? [job.id] : [] };
  }

  private async end(tx: Transaction, { job, openJobs }: Locked, by: string): Promise<Changed> {
    const handler = this.handlers.find(job.kind);
    if (!handler) throw jobKindUnknown(job.kind);
    await this.subjects.endWaiting(tx, [job], { status: 'discarded', code: 'job.discarded' });
    const left = without(openJobs, new Set([job.id]));
    await this.subjects.saveOpen(tx, [{ subjectId: job.subjectId, openJobs: left }]);
    const turn = turnOf(left);
    const turned = turn === turnOf(openJobs) || turn === undefined ? [] : [turn];
    if (turned.length > 0) await tx.query("UPDATE jobs SET stage = 'ready' WHERE id = ? AND COALESCE(stage, '') = 'behind'", turned);
    await handler.discarded?.(tx, { ...factsOf(job), payload: this.payloadOf(handler, job), by });
    return { status: 'discarded', ready: turned };
  }

  /** That nobody can read it is no reason to keep it. */
  private payloadOf(handler: DiscardingHandler, { id, payload, payloadVersion }: JobRow): unknown {
    if (payload === null) return undefined;
    try {
      return openPayload(this.vault, handler.kind, { id, payload, payloadVersion });
    } catch (error) {
      this.logger.warn({ err: error, jobId: id }, 'what a discarded job knew cannot be read');
      return undefined;
    }
  }
}

function factsOf(job: JobRow) {
  const { id, kind, subjectId, sequence, lane, identityProviderId, identityProvider, loginId, traceparent } = job;
  return { id, kind, subjectId, sequence, lane, identityProviderId, identityProvider, loginId, traceparent };
}
