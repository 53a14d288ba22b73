import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createLogger, loadSettings, NestLogger, SettingsError } from '@foyer/platform';
import { FirstAdministrator } from '@foyer/userstores';
import { AppModule } from './app.module.js';
import { putUpEdge } from './edge.js';
import { greet } from './greeting.js';
import { putUpOpenApi } from './openapi.js';
import { stopOnSignals } from './stop.js';

/** Foyer's server: settings, then everything that `AppModule` puts together, then the port. Exits with 1 when it cannot start. */
async function main(): Promise<void> {
  const warnings: string[] = [];
  const settings = loadSettings(process.env, (warning) => warnings.push(warning));
  const logger = createLogger(settings);
  for (const warning of warnings) logger.warn(warning);
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(settings, logger), {
    bodyParser: false,
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  putUpEdge(app);
  putUpOpenApi(app, settings);
  await app.init();
  const administrator = await app.get(FirstAdministrator).ensure();
  await app.listen(settings.port);
  stopOnSignals(app, logger);
  greet(settings, administrator);
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
  return error.name === 'SettingsFileError' ? error.message : (error.stack ?? error.message);
}
