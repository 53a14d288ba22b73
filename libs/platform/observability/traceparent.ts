import { randomBytes } from 'node:crypto';

const form = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;
const nothing = /^0+$/;

/** The trace id in a `traceparent` (W3C Trace Context §3.2); undefined when it is none. */
export function traceIdOf(traceparent: string | null | undefined): string | undefined {
  const traceId = form.exec(traceparent ?? '')?.[1];
  return traceId === undefined || nothing.test(traceId) ? undefined : traceId;
}

/**
 * The trace of a login: the one that its request came with, or one of its own, which is told by its id alone.
 * @param loginId a UUID
 */
export const traceIdOfLogin = (loginId: string, traceparent?: string): string => traceIdOf(traceparent) ?? loginId.replaceAll('-', '');

/** A `traceparent` for what follows from a login. It says `sampled`. */
export const traceparentOfLogin = (loginId: string, traceparent?: string): string =>
  `00-${traceIdOfLogin(loginId, traceparent)}-${randomBytes(8).toString('hex')}-01`;
