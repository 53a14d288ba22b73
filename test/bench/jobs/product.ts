/** The modules of the product: what its processes are put together of here. */
import { join } from 'node:path';

const modules = process.env.BENCH_MODULES ?? '';

export const { JobKinds, JobsModule, JobsRunning, JobsRunningModule, jobPriorities, Outbox } = (await import(
  join(modules, 'libs/jobs/index.js')
)) as typeof import('@foyer/jobs');
export const { createLogger, Database, loadSettings, newId, PlatformModule } = (await import(
  join(modules, 'libs/platform/index.js')
)) as typeof import('@foyer/platform');
export const { schema } = (await import(join(modules, 'ormconfig.js'))) as typeof import('../../../ormconfig.js');
export const { work } = (await import(join(modules, 'apps/worker/work.js'))) as typeof import('../../../apps/worker/work.js');
