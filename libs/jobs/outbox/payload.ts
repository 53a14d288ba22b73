import { FoyerError, type Vault } from '@foyer/platform';

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

/** @throws FoyerError `secret.unreadable` when it was sealed under another FOYER_SECRET_KEY */
export const openPayload = (vault: Vault, jobId: string, sealed: string): unknown =>
  JSON.parse(vault.open(sealed, purposeOf(jobId))) as unknown;
