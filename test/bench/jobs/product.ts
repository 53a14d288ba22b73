/** The product as it is built: what its processes are put together of here. */
import { join } from 'node:path';

const dist = process.env.BENCH_DIST ?? '';

export const { JobKinds, JobsModule, JobsRunning, JobsRunningModule, jobPriorities, Outbox } = (await import(
  join(dist, 'libs/jobs/index.js')
)) as typeof import('@foyer/jobs');
export const { createLogger, Database, loadSettings, newId, PlatformModule } = (await import(
  join(dist, 'libs/platform/index.js')
)) as typeof import('@foyer/platform');
export const { schema } = (await import(join(dist, 'ormconfig.js'))) as typeof import('../../../ormconfig.js');
export const { work } = (await import(join(dist, 'apps/worker/work.js'))) as typeof import('../../../apps/worker/work.js');
