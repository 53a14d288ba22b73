/** What benchmarks share with the tests and is not compiled: servers and folders that are gone when this process is. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const address = (file: string): string => pathToFileURL(join(process.env.BENCH_DIST ?? '', '..', 'test/support', file)).href;

export const { leashedFolder } = (await import(address('leashed-server.mjs'))) as typeof import('../../support/leashed-server.mjs');
export const { startMariadb } = (await import(address('mariadb-server.mjs'))) as typeof import('../../support/mariadb-server.mjs');
export const { startRedis } = (await import(address('redis-server.mjs'))) as typeof import('../../support/redis-server.mjs');
