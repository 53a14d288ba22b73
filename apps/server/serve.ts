import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { JobsRunning } from '@foyer/jobs';
import { NestLogger, stopOnSignals, type Logger, type Settings } from '@foyer/platform';
import { FirstAdministrator } from '@foyer/userstores';
import { AppModule } from './app.module.js';
import { putUpEdge } from './edge.js';
import { greet } from './greeting.js';
import { putUpOpenApi } from './openapi.js';

/** Puts together everything that `AppModule` has, then opens the port. From then on signals stop it. */
export async function serve(settings: Settings, logger: Logger): Promise<void> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(settings, logger), {
    bodyParser: false,
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  putUpEdge(app);
  putUpOpenApi(app, settings);
  await app.init();
  const administrator = await app.get(FirstAdministrator).ensure();
  app.getHttpServer().keepAliveTimeout = settings.keepAliveSeconds * 1000;
  await app.get(JobsRunning).start();
  await app.listen(settings.port);
  stopOnSignals(app, logger, settings.drainSeconds);
  greet(settings, administrator);
}
