/** Foyer's worker: does the jobs that servers hand over by way of Redis. */
import { runProcess } from '@foyer/platform';
import { provisioningJobs } from './provisioning-jobs.js';
import { work } from './work.js';

await runProcess((settings, logger) => work(settings, logger, provisioningJobs()));
