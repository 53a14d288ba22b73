import { createLogger, FoyerError, loadSettings, SettingsError } from '@foyer/platform';
import { serve } from './serve.js';

/** Foyer's server: reads the settings and serves. Exits with 1 when it cannot start. */
async function main(): Promise<void> {
  const warnings: string[] = [];
  const settings = loadSettings(process.env, (warning) => warnings.push(warning));
  const logger = createLogger(settings);
  for (const warning of warnings) logger.warn(warning);
  await serve(settings, logger);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof SettingsError ? error.message : explain(error)}\n`);
  process.exit(1);
}

/** What stopped the start, for whoever started it: they see the server's own log, so a cause may stand here. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Thrown on purpose, so that its sentence is the explanation.
  if (error instanceof FoyerError) return [`${error.message} (${error.code})`, ...(error.cause ? [String(error.cause)] : [])].join('\n');
  return error.name === 'SettingsFileError' ? error.message : (error.stack ?? error.message);
}
