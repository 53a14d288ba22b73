import { errorCode } from '../errors/error-code.js';
import { FoyerError } from '../errors/foyer-error.js';

/** How Node, the driver and the server say that there is no connection, or no longer one. */
const away = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'],
  ...['PROTOCOL_CONNECTION_LOST', 'ER_SERVER_SHUTDOWN', 'ER_NORMAL_SHUTDOWN', 'ER_CONNECTION_KILLED'],
  ...['ER_CON_COUNT_ERROR', 'ER_TOO_MANY_USER_CONNECTIONS'],
]);
/** What the driver says of a connection that broke before, without a code. */
const saysAway = /^(Can't add new command when connection is in closed state|Pool is closed\.|Queue limit reached\.)/;

const readOnly = new Set(['ER_OPTION_PREVENTS_STATEMENT', 'ER_READ_ONLY_MODE', 'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION']);
const full = new Set(['ER_DISK_FULL', 'ER_RECORD_FILE_FULL']);
/** Also after a transaction has been tried again (`Database.transaction`). */
const contended = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT']);

const publicText = 'This cannot be done at the moment. Please try again in a minute.';
/** Seconds. */
const retryAfter = 5;

/**
 * What a failed statement of Foyer's own database means to whoever waits for an answer: `database.unavailable`, `database.readOnly`, `database.full` or
 * `database.contended` (others had locked the same again and again), of the kind `unavailable`. Any other error is returned as it is. For the edge alone: inside, an error of a store is told from one of the database by its
 * being a FoyerError.
 */
export function databaseFault(error: unknown): unknown {
  const code = codeOf(error);
  return code === undefined ? error : new FoyerError('unavailable', code, publicText, { cause: error, retryAfter });
}

function codeOf(error: unknown): string | undefined {
  const said = errorCode(error);
  if (away.has(said) || (error instanceof Error && saysAway.test(error.message))) return 'database.unavailable';
  if (readOnly.has(said)) return 'database.readOnly';
  if (contended.has(said)) return 'database.contended';
  return full.has(said) ? 'database.full' : undefined;
}
