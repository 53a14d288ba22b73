import { FoyerError } from '@foyer/platform';
import { exitCode, parsed, UsageError, type Terminal } from '../terminal.js';
import { filterOptions, filtersOf } from './job-filters.js';
import { withJobs, type JobsSite } from './jobs-site.js';

type Action = 'retry' | 'discard';

interface Outcome {
  readonly changed: number;
  readonly skipped: readonly { readonly id: string; readonly code: string }[];
  /** Whether it was stopped while there were more. */
  readonly stopped?: true;
}

const atOnce = 500;
const done = { retry: 'to be tried again', discard: 'discarded' } as const;

/** `foyer jobs retry|discard`: the jobs that are named, or the dead ones that have something in common. */
export async function changeJobs(action: Action, args: readonly string[], terminal: Terminal): Promise<number> {
  const options = { ...filterOptions, dead: { type: 'boolean' }, json: { type: 'boolean' } } as const;
  const { values, positionals: ids } = parsed({ args: [...args], allowPositionals: true, options });
  const filters = filtersOf(values);
  const isFiltered = Object.keys(filters).length > 0;
  if ((values.dead ?? false) === ids.length > 0 || (isFiltered && !values.dead))
    throw new UsageError(`jobs ${action} needs jobs, or --dead for all dead ones that the options say.`);
  if (action === 'discard' && values.dead && !isFiltered)
    throw new UsageError('jobs discard --dead needs to be told which: --idp, --code, …');
  const outcome = await withJobs(terminal, (site) =>
    values.dead ? changeDead(action, filters, site, terminal) : changeThese(action, ids, site),
  );
  for (const { id, code } of outcome.skipped) terminal.err(`${id} ${code}\n`);
  terminal.out(
    values.json ? `${JSON.stringify(outcome)}\n` : `${outcome.changed} ${done[action]}, ${outcome.skipped.length} left as they are.\n`,
  );
  if (outcome.stopped) return exitCode.different;
  return outcome.skipped.length > 0 ? exitCode.invalid : exitCode.done;
}

async function changeThese(action: Action, ids: readonly string[], { administration, by }: JobsSite): Promise<Outcome> {
  const skipped: { id: string; code: string }[] = [];
  for (const id of new Set(ids)) {
    try {
      await administration[action](id, by);
    } catch (error) {
      if (!(error instanceof FoyerError)) throw error;
      skipped.push({ id, code: error.code });
    }
  }
  return { changed: new Set(ids).size - skipped.length, skipped };
}

/** Each of them once: one that dies again meanwhile is left for the next time. Ctrl-C ends it between two jobs of many. */
async function changeDead(action: Action, filters: Record<string, string>, { bulk, by }: JobsSite, terminal: Terminal): Promise<Outcome> {
  let isStopped = false;
  void terminal.stopped().then(() => (isStopped = true));
  let [changed, cursor]: [number, string | null] = [0, null];
  const skipped: { id: string; code: string }[] = [];
  do {
    const wanted: Readonly<Record<string, unknown>> = { ...filters, limit: atOnce, ...(cursor !== null && { cursor }) };
    const result = action === 'retry' ? await bulk.retry(wanted, by) : await bulk.discard(wanted, by, async () => undefined);
    changed += result.changed;
    skipped.push(...result.skipped);
    cursor = result.nextCursor;
    if (cursor !== null) terminal.err(`${changed} so far\n`);
  } while (cursor !== null && !isStopped);
  return { changed, skipped, ...(cursor !== null && { stopped: true }) };
}
