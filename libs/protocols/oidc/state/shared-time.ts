import type { AdapterPayload } from 'oidc-provider';
import { aheadSeconds, type Clock } from '@foyer/platform';

const later = (payload: AdapterPayload, seconds: number): AdapterPayload =>
  payload.exp === undefined || seconds === 0 ? payload : { ...payload, exp: payload.exp + seconds };

/**
 * What `oidc-provider` wants kept, for other processes to find: it tells the time by the clock of its machine, and a code that one server makes is
 * redeemed at another one.
 */
export const byShared = (clock: Clock, payload: AdapterPayload): AdapterPayload => later(payload, aheadSeconds(clock));

/** What was kept, as `oidc-provider` has it on this machine. */
export const byOwn = (clock: Clock, payload: AdapterPayload): AdapterPayload => later(payload, -aheadSeconds(clock));
