import { FoyerError } from '../errors/foyer-error.js';

/** The code of a command that was not answered in time: it may have been carried out, or may yet be. */
export class RedisSilent extends Error {
  constructor(milliseconds: number) {
    super(`Redis did not answer within ${milliseconds} ms`);
    this.name = 'RedisSilent';
  }
}

const codes = [
  { code: 'redis.full', says: /\bOOM command not allowed/ },
  { code: 'redis.readOnly', says: /\b(READONLY|MISCONF|NOREPLICAS)\b/ },
  { code: 'redis.refused', says: /\b(NOAUTH|WRONGPASS|NOPERM)\b/ },
] as const;

/** What Redis answers while it cannot serve, though it is there. */
const passing = /^(LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|UNBLOCKED)\b/;

const publicText = 'This cannot be done at the moment. Please try again in a minute.';

/** Seconds. */
const retryAfter = 5;

export const redisUnavailable = (code: `redis.${string}`, cause: unknown): FoyerError =>
  new FoyerError('unavailable', code, publicText, { cause, retryAfter });

/**
 * What a failed command means: `redis.full`, `redis.readOnly`, `redis.refused` (the password or the rights), `redis.slow` or `redis.unavailable`, of
 * the kind `unavailable`. An error that says that the command itself was wrong is returned as it is.
 */
export function redisFault(error: unknown): unknown {
  if (error instanceof FoyerError) return error;
  if (error instanceof RedisSilent) return redisUnavailable('redis.slow', error);
  if (!(error instanceof Error)) return redisUnavailable('redis.unavailable', error);
  const known = codes.find(({ says }) => says.test(error.message));
  if (known) return redisUnavailable(known.code, error);
  if (error.name === 'ReplyError' && !passing.test(error.message)) return error;
  return redisUnavailable('redis.unavailable', error);
}
