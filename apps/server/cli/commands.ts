import { parseArgs } from 'node:util';
import { FoyerError, SettingsError } from '@foyer/platform';
import { changesAsText, summaryOf } from './changes.js';
import { usage } from './usage.js';

/** Where a command gets its environment, and where it writes. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const done = 0;
const invalid = 1;
/** `--dry-run` found differences. */
const different = 2;

/** The command line was not understood; the message says why. */
class UsageError extends Error {}

/** Runs `foyer …`. Returns the exit code: 0 done, 2 differences found, 1 invalid or failed. */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await command(args, terminal);
  } catch (error) {
    terminal.err(`${problemText(error)}\n`);
    if (error instanceof UsageError) terminal.err(usage);
    return invalid;
  }
}

function command([name = 'help', ...rest]: readonly string[], terminal: Terminal): Promise<number> {
  switch (name) {
    case 'apply':
      return apply(rest, terminal);
    case 'export':
      return exportSettings(rest, terminal);
    case 'keys':
      return keys(rest, terminal);
    case 'help':
    case '--help':
    case '-h':
      terminal.out(usage);
      return Promise.resolve(done);
    default:
      throw new UsageError(`There is no command ${name}.`);
  }
}

async function apply(args: readonly string[], { env, out }: Terminal): Promise<number> {
  const { values, positionals } = parsed(() =>
    parseArgs({ args: [...args], allowPositionals: true, options: { 'dry-run': { type: 'boolean' }, prune: { type: 'boolean' } } }),
  );
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError('apply needs one file.');
  const dryRun = values['dry-run'] ?? false;
  const { withSite } = await import('./site.js');
  const changes = await withSite(env, (site) => site.configuration.applyFile(file, { dryRun, prune: values.prune ?? false }, env));
  out(changesAsText(changes) + summaryOf(changes, dryRun));
  return dryRun && changes.length > 0 ? different : done;
}

async function exportSettings(args: readonly string[], { env, out }: Terminal): Promise<number> {
  parsed(() => parseArgs({ args: [...args] }));
  const { withSite } = await import('./site.js');
  out(await withSite(env, (site) => site.configuration.export()));
  return done;
}

async function keys([action, ...more]: readonly string[], { env, out }: Terminal): Promise<number> {
  if (action !== 'rotate' || more.length > 0) throw new UsageError('keys needs: rotate.');
  const { rotateKeys } = await import('./rotate-keys.js');
  out(await rotateKeys(env));
  return done;
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** What went wrong, for whoever typed the command. Causes of our own errors are for logs, and may hold secrets. */
function problemText(error: unknown): string {
  if (error instanceof FoyerError && error.name === 'FoyerError')
    return [error.message, ...error.faults.map(({ path, code, message }) => `${path || '-'} ${code} ${message}`)].join('\n');
  if (error instanceof FoyerError || error instanceof SettingsError || error instanceof UsageError) return error.message;
  return `foyer: ${error instanceof Error ? error.message : String(error)}`;
}
