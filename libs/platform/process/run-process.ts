import { FoyerError } from '../errors/foyer-error.js';
import { createLogger, type Logger } from '../observability/logger.js';
import { loadSettings, SettingsError } from '../settings/load.js';
import type { Settings } from '../settings/settings.js';

/** What a process of Foyer does first: reads the settings, and starts with them. It exits with 1, and says why, when it cannot. */
export async function runProcess(start: (settings: Settings, logger: Logger) => Promise<void>): Promise<void> {
  try {
    const warnings: string[] = [];
    const settings = loadSettings(process.env, (warning) => warnings.push(warning));
    const logger = createLogger(settings);
    for (const warning of warnings) logger.warn(warning);
    await start(settings, logger);
  } catch (error) {
    process.stderr.write(`${error instanceof SettingsError ? error.message : explain(error)}\n`);
    process.exit(1);
  }
}

/** What stopped the start, for whoever started it: they see the process's own log, so a cause may stand here. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Thrown on purpose, so that its sentence is the explanation.
  if (error instanceof FoyerError) return [`${error.message} (${error.code})`, ...(error.cause ? [String(error.cause)] : [])].join('\n');
  return error.name === 'SettingsFileError' ? error.message : (error.stack ?? error.message);
}
