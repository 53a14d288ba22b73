// npm run bench:NAME: builds the product and the benchmarks, and runs test/bench/NAME/run.ts with the arguments given. Whatever it starts ends with it,
// however it ends itself.
import { join } from 'node:path';
import { build, outputOf } from './build.mjs';
import { ensurePackages, prepare, stop } from './prepare.mjs';

const [name = '', ...rest] = process.argv.slice(2);
prepare();
if (!['login', 'plan'].includes(name)) ensurePackages(['mariadb-server', 'redis-server']);
if (!build('product') || !build('bench')) stop('The build failed.');
process.env.BENCH_DIST = outputOf('product');
process.env.BENCH_MODULES = outputOf('modules');
process.env.BENCH_BUILD = outputOf('bench');
process.argv.splice(2, process.argv.length, ...rest);
const benchmarks = join(outputOf('bench'), 'test', 'bench');
const { ensureFreePorts } = await import(join(benchmarks, 'login', 'ports.js'));
await ensureFreePorts().catch((error) => stop(error.message));
await import(join(benchmarks, name, 'run.js'));
