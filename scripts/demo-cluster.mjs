// npm run demo:cluster: Foyer as a cluster, on a MariaDB and a Redis that end with it.
import { startMariadb } from '../test/support/mariadb-server.mjs';
import { startRedis } from '../test/support/redis-server.mjs';
import { ensurePackages } from './prepare.mjs';
import { run } from './run.mjs';

ensurePackages(['mariadb-server', 'redis-server']);
const { demoCluster } = await run('apps/demo/cluster/main.js', 'modules');
process.exit(await demoCluster(process.argv.slice(2), { startMariadb, startRedis }));
