import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { JobsRunning } from '@foyer/jobs';
import { configureEdge, NestLogger, ProblemFilter, SettingsError, stopOnSignals, type Logger, type Settings } from '@foyer/platform';
import { WorkerModule, type WorkerJobs } from './worker.module.js';

/**
 * Puts the worker together, opens the port for whoever looks after it, and takes jobs. From then on signals stop it.
 * @throws SettingsError without a Redis: then the server does the jobs itself
 */
export async function work(settings: Settings, logger: Logger, jobs: WorkerJobs): Promise<void> {
  if (!settings.redis)
    throw new SettingsError([
      'FOYER_REDIS_URL must be given to a worker, the same as to the servers; without one the server does the jobs',
    ]);
  const app = await NestFactory.create<NestExpressApplication>(WorkerModule.forRoot(settings, logger, jobs), {
    bodyParser: false,
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  configureEdge(app, settings);
  app.useGlobalFilters(app.get(ProblemFilter));
  await app.init();
  await app.listen(settings.port);
  stopOnSignals(app, logger, 0);
  await app.get(JobsRunning).start();
  logger.info({ concurrency: settings.jobConcurrency, port: settings.port }, 'taking jobs');
}
