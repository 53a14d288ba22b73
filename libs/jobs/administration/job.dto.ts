import { ApiProperty } from '@nestjs/swagger';
import { PageOf, traceIdOf } from '@foyer/platform';
import { jobPriorities } from '../outbox/new-job.js';
import { attemptOutcomes, type AttemptOutcome, type JobAttemptRow } from '../store/job-attempt.row.js';
import { jobStatuses, type JobRow, type JobStage, type JobStatus } from '../store/job.row.js';

const text = { type: String, nullable: true } as const;
const time = { ...text, format: 'date-time' } as const;

/** What a job that waits is waiting for. */
export const waitReasons = ['worker', 'time', 'turn', 'lane'] as const;
export type WaitReason = (typeof waitReasons)[number];

type PriorityName = keyof typeof jobPriorities;
const priorityNames = ['firstLogin', 'login', 'resync'] as const satisfies readonly PriorityName[];

/** A job as the admin API shows it. */
export class JobDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ description: 'What is to be done, such as `provision`.' }) kind!: string;
  @ApiProperty({ enum: jobStatuses }) status!: JobStatus;
  @ApiProperty({
    ...text,
    enum: waitReasons,
    description:
      'Of one that waits: a free `worker`; its `time`; its `turn`, because another job of the same person comes first; its `lane`, which is paused.',
  })
  waitsFor!: WaitReason | null;
  @ApiProperty({ format: 'uuid', description: 'Whom it is about: what applications see as `sub`.' }) userId!: string;
  @ApiProperty({ description: 'The name of the identity provider.' }) identityProvider!: string;
  @ApiProperty({ description: 'What it is paused with, such as `idp:acme`.' }) lane!: string;
  @ApiProperty({ description: 'Whether its lane is paused.' }) paused!: boolean;
  @ApiProperty({ ...text, format: 'uuid', description: 'The login that asked for it.' }) loginId!: string | null;
  @ApiProperty({ ...text, description: 'Of the trace that the login is in (W3C Trace Context): in the logs of servers and workers, too.' })
  traceId!: string | null;
  @ApiProperty({ enum: priorityNames }) priority!: PriorityName;
  @ApiProperty({ type: 'integer', description: 'How often it was begun.' }) attemptCount!: number;
  @ApiProperty({ ...text, description: 'Why it failed last, or ended without having been done: a stable code.' }) code!: string | null;
  @ApiProperty(text) message!: string | null;
  @ApiProperty({ ...text, description: 'The process that has it, or had it last.' }) worker!: string | null;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ ...time, description: 'Of one that waits for its time: when that is.' }) dueAt!: string | null;
  @ApiProperty({ ...time, description: 'When it was begun last.' }) startedAt!: string | null;
  @ApiProperty({ ...time, description: 'When it ended, or was given up.' }) endedAt!: string | null;
}

export class JobAttemptDto {
  @ApiProperty({ type: 'integer', description: '1 for the first.' }) number!: number;
  @ApiProperty({ enum: attemptOutcomes }) outcome!: AttemptOutcome;
  @ApiProperty({ ...text, description: 'Why it did not succeed: a stable code.' }) code!: string | null;
  @ApiProperty(text) message!: string | null;
  @ApiProperty({ type: Object, nullable: true, additionalProperties: true, description: 'What it had planned to do, without claims.' })
  plan!: unknown;
  @ApiProperty({ description: 'The process that made it.' }) worker!: string;
  @ApiProperty({ ...text, description: 'Of the trace that it is in.' }) traceId!: string | null;
  @ApiProperty({ format: 'date-time' }) startedAt!: string;
  @ApiProperty({ format: 'date-time' }) endedAt!: string;
  @ApiProperty({ type: 'integer' }) durationMs!: number;
}

/** A job by itself. */
export class JobDetailDto extends JobDto {
  @ApiProperty({ type: [JobAttemptDto], description: 'The attempts that have ended, oldest first; the last 20.' })
  attempts!: readonly JobAttemptDto[];
}

export class JobPageDto extends PageOf(JobDto) {}

/** @param now by the clock of the database */
export const toJobDto = (row: JobRow, paused: boolean, now: number): JobDto => ({
  id: row.id,
  kind: row.kind,
  status: row.status,
  waitsFor: waitReasonOf(row, paused, now),
  userId: row.subjectId,
  identityProvider: row.identityProvider,
  lane: row.lane,
  paused,
  loginId: row.loginId,
  traceId: traceIdOf(row.traceparent) ?? null,
  priority: priorityName(row.priority),
  attemptCount: row.attempts,
  code: row.code,
  message: row.message,
  worker: row.worker,
  createdAt: iso(row.createdAt),
  dueAt: row.stage === 'ready' && row.dueAt > now ? iso(row.dueAt) : null,
  startedAt: row.startedAt === null ? null : iso(row.startedAt),
  endedAt: row.endedAt === null ? null : iso(row.endedAt),
});

export const toAttemptDto = ({ jobId: _same, startedAt, endedAt, ...attempt }: JobAttemptRow, { traceparent }: JobRow): JobAttemptDto => ({
  ...attempt,
  traceId: traceIdOf(traceparent) ?? null,
  startedAt: iso(startedAt),
  endedAt: iso(endedAt),
  durationMs: endedAt - startedAt,
});

const waitingStages: Readonly<Partial<Record<JobStage, WaitReason>>> = {
  ready: 'worker',
  handed: 'worker',
  behind: 'turn',
  parked: 'lane',
};

function waitReasonOf({ stage, dueAt }: JobRow, paused: boolean, now: number): WaitReason | null {
  const reason = waitingStages[stage] ?? null;
  if (reason !== 'worker') return reason;
  if (stage === 'ready' && dueAt > now) return 'time';
  return paused ? 'lane' : 'worker';
}

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();

const priorityName = (priority: number): PriorityName => priorityNames.find((name) => jobPriorities[name] === priority) ?? 'resync';
