import { Injectable } from '@nestjs/common';
import { databaseTime, newId, places, Vault, type Transaction } from '@foyer/platform';
import { JobKinds } from '../kinds/job-kinds.js';
import type { JobStage } from '../store/job.row.js';
import type { OpenJob } from '../subjects/job-subject.row.js';
import { JobSubjects } from '../subjects/job-subjects.js';
import { isSameWork, turnOf, without } from '../subjects/open-jobs.js';
import { JobAnnouncements } from './job-announcements.js';
import { laneOf, type AddedJob, type NewJob } from './new-job.js';
import { sealPayload } from './payload.js';

/** Takes jobs in, in the transaction of what they follow from: they are there if and only if it commits. */
@Injectable()
export class Outbox {
  constructor(
    private readonly subjects: JobSubjects,
    private readonly kinds: JobKinds,
    private readonly vault: Vault,
    private readonly announcements: JobAnnouncements,
  ) {}

  /**
   * Adds a job. Of the jobs of one subject and kind that wait, only the newest stays: an older one ends as superseded. Call {@link announce} once the
   * transaction has committed.
   * @throws FoyerError `job.payloadTooLarge`
   */
  async add<P>(tx: Transaction, job: NewJob<P>): Promise<AddedJob> {
    if (!this.kinds.has(job.kind)) throw new TypeError(`Nobody has declared the kind ${job.kind.name} of jobs`);
    const id = newId();
    const payload = sealPayload(this.vault, id, job.payload);
    const { loginId, identityProviderId } = job;
    const own: OpenJob = { id, kind: job.kind.name, identityProviderId, ...(loginId !== null && { loginId }) };
    const subject = await this.subjects.issue(tx, job.subjectId, [own]);
    const sequence = subject.issued;
    if (sequence === 1) {
      await insert(tx, job, { id, sequence, payload, stage: 'ready', priority: job.priority });
      return { id, sequence };
    }
    const earlier = subject.openJobs.filter((open) => isSameWork(open, own));
    const replaced = await this.subjects.endWaiting(tx, earlier, { status: 'superseded', code: 'job.newer' });
    const others = without(subject.openJobs, new Set(replaced.keys()));
    const turn = turnOf(others);
    // Whom somebody was in a hurry about is not forgotten because somebody else is not.
    const priority = Math.min(job.priority, ...[...replaced.values()].map((ended) => ended.priority));
    await insert(tx, job, { id, sequence, payload, stage: turn === undefined ? 'ready' : 'behind', priority });
    const failure = earlier.find((open) => open.failure !== undefined)?.failure;
    const added = { ...own, ...(failure !== undefined && { failure }) };
    await this.subjects.saveOpen(tx, [{ subjectId: job.subjectId, openJobs: [...others, added] }]);
    if (turn !== undefined) await comeForward(tx, turn, priority);
    return { id, sequence };
  }

  /** Says that jobs which were added have been committed, so that they are done at once: forgotten ones are found later. Never throws. */
  announce(ids: readonly string[]): void {
    this.announcements.announce(ids);
  }
}

const columns = [
  ...[
    'id',
    'kind',
    'payload_version',
    'subject_id',
    'sequence',
    'lane',
    'identity_provider_id',
    'identity_provider',
    'login_id',
    'priority',
    'status',
    'stage',
  ],
  ...['payload', 'traceparent', 'attempts', 'tries', 'fence', 'version', 'due_at', 'created_at'],
];

interface Decided {
  readonly id: string;
  readonly sequence: number;
  readonly payload: string;
  readonly stage: JobStage;
  readonly priority: number;
}

async function insert(tx: Transaction, job: NewJob, { id, sequence, payload, stage, priority }: Decided): Promise<void> {
  const now = databaseTime(tx);
  const { kind, subjectId, identityProviderId, identityProvider, loginId, runAt } = job;
  const values = [
    ...[
      id,
      kind.name,
      kind.version,
      subjectId,
      sequence,
      job.lane ?? laneOf(identityProvider),
      identityProviderId,
      identityProvider,
      loginId,
      priority,
    ],
    ...['waiting', stage, payload, job.traceparent ?? null, 0, 0, 0, 1],
  ];
  const due = runAt === undefined ? now : '?';
  await tx.query(
    `INSERT INTO jobs (${columns.join(', ')}) VALUES (${places(values)}, ${due}, ${now})`,
    runAt === undefined ? values : [...values, Math.round(runAt)],
  );
}

/** Gives the job before this one its turn if it has it now, and its urgency: it is in the way. */
async function comeForward(tx: Transaction, turn: string, priority: number): Promise<void> {
  await tx.query(
    `UPDATE jobs SET stage = CASE stage WHEN 'behind' THEN 'ready' ELSE stage END, priority = CASE WHEN priority > ? THEN ? ELSE priority END
     WHERE id = ? AND status = 'waiting'`,
    [priority, priority, turn],
  );
}
