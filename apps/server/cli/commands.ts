import { FoyerError, SettingsError } from '@foyer/platform';
import { changesAsText, summaryOf } from './changes.js';
import { exitCode, parsed, UsageError, type Terminal } from './terminal.js';
import { themeCommand } from './theme/theme-command.js';
import { usage } from './usage.js';

/** Runs `foyer …`. Returns the exit code: 0 done, 2 differences found or something left to do, 1 invalid or failed. */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await command(args, terminal);
  } catch (error) {
    terminal.err(`${problemText(error)}\n`);
    if (error instanceof UsageError) terminal.err(usage);
    return exitCode.invalid;
  }
}

async function command([name = 'help', ...rest]: readonly string[], terminal: Terminal): Promise<number> {
  switch (name) {
    case 'apply':
      return apply(rest, terminal);
    case 'export':
      return exportSettings(rest, terminal);
    case 'keys':
      return keys(rest, terminal);
    case 'jobs': {
      const { jobsCommand } = await import('./jobs/jobs-command.js');
      return jobsCommand(rest, terminal);
    }
    case 'theme':
      return themeCommand(rest, terminal);
    case 'help':
    case '--help':
    case '-h':
      terminal.out(usage);
      return exitCode.done;
    default:
      throw new UsageError(`There is no command ${name}.`);
  }
}

async function apply(args: readonly string[], { env, out }: Terminal): Promise<number> {
  const options = { 'dry-run': { type: 'boolean' }, prune: { type: 'boolean' } } as const;
  const { values, positionals } = parsed({ args: [...args], allowPositionals: true, options });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError('apply needs one file.');
  const dryRun = values['dry-run'] ?? false;
  const { withSite } = await import('./site.js');
  const changes = await withSite(env, (site) => site.configuration.applyFile(file, { dryRun, prune: values.prune ?? false }, env));
  out(changesAsText(changes) + summaryOf(changes, dryRun));
  return dryRun && changes.length > 0 ? exitCode.different : exitCode.done;
}

async function exportSettings(args: readonly string[], { env, out }: Terminal): Promise<number> {
  parsed({ args: [...args] });
  const { withSite } = await import('./site.js');
  out(await withSite(env, (site) => site.configuration.export()));
  return exitCode.done;
}

async function keys([action, ...more]: readonly string[], { env, out }: Terminal): Promise<number> {
  if (action !== 'rotate' || more.length > 0) throw new UsageError('keys needs: rotate.');
  const { rotateKeys } = await import('./rotate-keys.js');
  out(await rotateKeys(env));
  return exitCode.done;
}

/** What went wrong, for whoever typed the command. Causes of our own errors are for logs, and may hold secrets. */
function problemText(error: unknown): string {
  if (error instanceof FoyerError && error.name === 'FoyerError')
    return [error.message, ...error.faults.map(({ path, code, message }) => `${path || '-'} ${code} ${message}`)].join('\n');
  if (error instanceof FoyerError || error instanceof SettingsError || error instanceof UsageError) return error.message;
  return `foyer: ${error instanceof Error ? error.message : String(error)}`;
}
