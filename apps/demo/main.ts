/**
 * `npm run demo`: Foyer, an identity provider that it trusts and an application that trusts it, for somebody with a browser.
 * `npm run demo -- --check`: the same, gone through by a script in a fresh data directory.
 */
import { runDemo } from './run-demo.js';
import { Walkthrough } from './walkthrough.js';

process.exit(
  await runDemo(process.argv.slice(2), {
    command: 'npm run demo',
    folder: 'demo',
    logs: 'foyer.log',
    starting: 'Starting Foyer …',
    steps: (demo, print, person) => new Walkthrough(demo, print).run(person),
  }),
);
