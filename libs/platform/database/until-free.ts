import { setTimeout as pause } from 'node:timers/promises';
import { errorCode } from '../errors/error-code.js';
import { FoyerError } from '../errors/foyer-error.js';

/** How long a process waits for another one that changes what the database is made of. */
export const patienceMs = 60_000;

const pauseMs = 20;

export const migrating = (cause?: unknown): FoyerError =>
  new FoyerError(
    'unavailable',
    'database.migrating',
    'Another process has been changing the schema of the database for a minute. Try again.',
    {
      cause,
    },
  );

/**
 * Attempts again while another process has a SQLite database locked. SQLite waits by itself for as long as it is told, but not where two processes
 * that both wait might do so for ever.
 * @throws FoyerError `database.migrating`
 */
export async function untilFree<T>(attempt: () => T | Promise<T>): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (errorCode(error) !== 'SQLITE_BUSY') throw error;
      if (performance.now() > deadline) throw migrating(error);
      await pause(pauseMs);
    }
  }
}
