// npm run bench:NAME: builds the product and the benchmarks, and runs test/bench/NAME/run.ts with the arguments given.
import { join } from 'node:path';
import { build, outputOf } from './build.mjs';
import { prepare, stop } from './prepare.mjs';

const [name = '', ...rest] = process.argv.slice(2);
prepare();
if (!build('product') || !build('bench')) stop('The build failed.');
process.env.BENCH_DIST = outputOf('product');
process.env.BENCH_BUILD = outputOf('bench');
process.argv.splice(2, process.argv.length, ...rest);
await import(join(outputOf('bench'), 'test', 'bench', name, 'run.js'));
