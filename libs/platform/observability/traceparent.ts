import { randomBytes } from 'node:crypto';

const form = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;
const nothing = /^0+$/;

/** The trace id in a `traceparent` (W3C Trace Context §3.2); undefined when it is none. */
export function traceIdOf(traceparent: string | null | undefined): string | undefined {
  const traceId = form.exec(traceparent ?? '')?.[1];
  return traceId === undefined || nothing.test(traceId) ? undefined : traceId;
}

/** A `traceparent` for what comes next in a trace, or for the beginning of one where there is none. It says `sampled`. */
export const nextTraceparent = (traceparent?: string | null): string =>
  `00-${traceIdOf(traceparent) ?? randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
