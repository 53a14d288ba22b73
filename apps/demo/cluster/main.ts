import { runDemo } from '../run-demo.js';
import { ClusterWalkthrough } from './cluster-walkthrough.js';
import { FoyerCluster, type Services } from './foyer-cluster.js';
import { watchJobs } from './watch-jobs.js';

/**
 * `npm run demo:cluster`: two servers behind a proxy and two workers on a MariaDB and a Redis, with the identity provider and the application of the
 * demo; who logs in is not kept waiting for their account. `npm run demo:cluster -- --check`: the same, gone through by a script.
 * @returns the exit code
 */
export const demoCluster = (parameters: readonly string[], services: Services): Promise<number> =>
  runDemo(parameters, {
    command: 'npm run demo:cluster',
    folder: 'demo-cluster',
    logs: '*.log',
    starting: 'Starting MariaDB, Redis, two servers and two workers …',
    startFoyer: FoyerCluster.startOn(services),
    steps: (demo, print, person) => new ClusterWalkthrough(demo, print).run(person),
    besides: ({ foyer }) =>
      foyer instanceof FoyerCluster
        ? [
            ...foyer.members.map(({ name, process }) => `${name.padEnd(20)}${process.url}, process ${process.id}`),
            'End one (kill, or kill -9): logins go on. Each login is a job, shown below as it is done.',
          ]
        : [],
    watch: watchJobs,
  });
