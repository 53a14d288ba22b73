import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import type { Settings } from '../settings/settings.js';
import { describedError, redacted } from './redaction.js';

/** A line is `log.info({ loginId }, 'login succeeded')`; an error goes under `err`. `log.child({ loginId })` puts the id on every line. */
export type Logger = PinoLogger;

/** Nest token of the {@link Logger}. */
export const LOGGER = Symbol('Logger');

/**
 * Each write of the log wakes a thread, which costs more than the line: lines wait for each other, up to this many bytes and milliseconds. A process
 * that is killed loses as much.
 */
const gather = { minLength: 4096, periodicFlush: 250 };

/**
 * The log: one JSON object a line on standard output, without secrets. It is written asynchronously, so that a slow reader of the log does not
 * hold up logins; what is buffered is written out when the process ends by itself.
 */
export function createLogger(
  settings: Pick<Settings, 'logLevel'>,
  destination: DestinationStream = pino.destination({ dest: 1, sync: false, ...gather }),
): Logger {
  return pino(
    {
      level: settings.logLevel,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: describedError, error: describedError },
      formatters: { level: (label) => ({ level: label }), log: redacted },
    },
    destination,
  );
}
