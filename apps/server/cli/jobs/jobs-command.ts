import { exitCode, parsed, UsageError, type Terminal } from '../terminal.js';
import { changeJobs } from './change-jobs.js';
import { depthAsText, drain } from './drain.js';
import { filterOptions, filtersOf } from './job-filters.js';
import { jobAsText, jobsAsText } from './job-text.js';
import { withJobs } from './jobs-site.js';
import { pauseLane, resumeLane } from './lanes.js';

const json = { type: 'boolean' } as const;

/** `foyer jobs …`. @returns the exit code */
export async function jobsCommand([name, ...rest]: readonly string[], terminal: Terminal): Promise<number> {
  switch (name) {
    case 'list':
      return list(rest, terminal);
    case 'show':
      return show(rest, terminal);
    case 'retry':
    case 'discard':
      return changeJobs(name, rest, terminal);
    case 'pause':
      return pauseLane(rest, terminal);
    case 'resume':
      return resumeLane(rest, terminal);
    case 'drain':
      return drainJobs(rest, terminal);
    default:
      throw new UsageError('jobs needs: list, show, retry, discard, pause, resume or drain.');
  }
}

async function list(args: readonly string[], terminal: Terminal): Promise<number> {
  const options = { ...filterOptions, status: { type: 'string' }, limit: { type: 'string' }, cursor: { type: 'string' }, json } as const;
  const { values } = parsed({ args: [...args], options });
  const { status, limit, cursor } = values;
  const query = { ...filtersOf(values), ...(status !== undefined && { status }), ...(limit !== undefined && { limit }) };
  const page = await withJobs(terminal, ({ reader }) => reader.page({ ...query, ...(cursor !== undefined && { cursor }) }));
  if (values.json) terminal.out(`${JSON.stringify(page)}\n`);
  else terminal.out(jobsAsText(page.items));
  if (!values.json && page.nextCursor !== null)
    terminal.err(`${page.items.length} of ${page.total}; go on with --cursor ${page.nextCursor}\n`);
  return exitCode.done;
}

async function show(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parsed({ args: [...args], allowPositionals: true, options: { json } });
  const [id, ...more] = positionals;
  if (id === undefined || more.length > 0) throw new UsageError('jobs show needs one job.');
  const { dto } = await withJobs(terminal, ({ reader }) => reader.read(id));
  terminal.out(values.json ? `${JSON.stringify(dto)}\n` : jobAsText(dto));
  return exitCode.done;
}

async function drainJobs(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = parsed({ args: [...args], options: { timeout: { type: 'string' }, json } });
  const timeoutMs = values.timeout === undefined ? undefined : secondsOf(values.timeout) * 1000;
  const { drained, depth } = await withJobs(terminal, ({ depths }) => drain(depths, terminal, timeoutMs));
  if (values.json) terminal.out(`${JSON.stringify({ drained, ...depth })}\n`);
  else terminal.out(drained ? `Nothing waits or runs; ${depth.dead} dead.\n` : `Not everything is done: ${depthAsText(depth)}.\n`);
  return drained ? exitCode.done : exitCode.different;
}

function secondsOf(text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new UsageError('--timeout must be a whole number of seconds.');
}
