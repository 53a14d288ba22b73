import { parseArgs, type ParseArgsConfig } from 'node:util';

/** Where a command gets its environment, and where it writes. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Resolves when whoever started the command wants it to end (Ctrl-C). */
  readonly stopped: () => Promise<void>;
}

/** Exit codes. `different`: `--dry-run` found differences, or a command was stopped while something was left to do. */
export const exitCode = { done: 0, invalid: 1, different: 2 } as const;

/** The command line was not understood; the message says why. */
export class UsageError extends Error {}

/** @throws UsageError for an option that is unknown or has the wrong form */
export function parsed<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
