// npm run start:worker: a worker, beside servers that share its MySQL or MariaDB and its Redis.
import { run } from './run.mjs';

await run('apps/worker/main.js');
