import type { JobFacts } from './job-facts.js';

/** A worker has a job: until it ends it, gives it back, or is not heard of for too long. */
export interface Claim extends JobFacts {
  /** Of its payload, as its kind counts them. */
  readonly payloadVersion: number;
  /** 1 for the first. */
  readonly attempt: number;
  /** How many attempts failed since somebody last asked for it. */
  readonly tries: number;
  /** Told apart by it: this claim from any other of the same job. */
  readonly fence: number;
  readonly worker: string;
  /** By the database's clock. */
  readonly startedAt: number;
}

/** A job as a worker takes it. */
export interface ClaimedJob extends Claim {
  /** Sealed. */
  readonly payload: string;
  /** A change or a newer job had taken effect when it was claimed. */
  readonly overtaken: boolean;
}

export interface ClaimedRecord {
  readonly id: string;
  readonly kind: string;
  readonly payload_version: number;
  readonly subject_id: string;
  readonly sequence: number;
  readonly lane: string;
  readonly identity_provider_id: string;
  readonly identity_provider: string;
  readonly login_id: string | null;
  readonly traceparent: string | null;
  readonly attempts: number;
  readonly tries: number;
  readonly fence: number;
  readonly worker: string;
  readonly started_at: number;
  readonly payload: string;
  readonly applied: number;
}

export const claimedColumns = [
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
    'traceparent',
  ],
  ...['attempts', 'tries', 'fence', 'worker', 'started_at', 'payload'],
];

export const toClaimed = (row: ClaimedRecord): ClaimedJob => ({
  id: row.id,
  kind: row.kind,
  payloadVersion: row.payload_version,
  subjectId: row.subject_id,
  sequence: row.sequence,
  lane: row.lane,
  identityProviderId: row.identity_provider_id,
  identityProvider: row.identity_provider,
  loginId: row.login_id,
  traceparent: row.traceparent,
  attempt: row.attempts,
  tries: row.tries,
  fence: row.fence,
  worker: row.worker,
  startedAt: Number(row.started_at),
  payload: row.payload,
  overtaken: row.sequence <= row.applied,
});
