import { FoyerError, type Vault } from '@foyer/platform';
import type { JobKind } from '../kinds/job-kind.js';

/** What the column holds. */
const longest = 65_535;

/** Bound to its job, so that it cannot be put into another one. */
const purposeOf = (jobId: string): string => `job.payload:${jobId}`;

/** @throws FoyerError `job.payloadTooLarge` */
export function sealPayload(vault: Vault, jobId: string, payload: unknown): string {
  const sealed = vault.seal(JSON.stringify(payload), purposeOf(jobId));
  if (sealed.length <= longest) return sealed;
  throw new FoyerError('invalid', 'job.payloadTooLarge', `A job holds at most ${longest} bytes, encrypted; this one has ${sealed.length}.`);
}

export interface SealedPayload {
  readonly id: string;
  readonly payload: string;
  readonly payloadVersion: number;
}

/**
 * @throws FoyerError `secret.unreadable` when it was sealed under another FOYER_SECRET_KEY; `job.malformed` when it is none of its kind
 */
export function openPayload<P>(vault: Vault, kind: JobKind<P>, { id, payload, payloadVersion }: SealedPayload): P {
  const stored = vault.open(payload, purposeOf(id));
  try {
    return kind.read(JSON.parse(stored) as unknown, payloadVersion);
  } catch (error) {
    const message = `What is stored with the job is no payload of the kind ${kind.name}, version ${payloadVersion}.`;
    throw new FoyerError('invalid', malformedCode, message, { cause: error });
  }
}

const malformedCode = 'job.malformed';

/** Whether trying again, here or elsewhere, makes no sense. */
export const isMalformed = (error: unknown): boolean => error instanceof FoyerError && error.code === malformedCode;
