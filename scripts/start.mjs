// npm start: Foyer alone, from whatever state the clone is in. The server runs in this very process, so signals and the exit code are its own.
import { build } from './build.mjs';
import { prepare, stop } from './prepare.mjs';

prepare();
if (!build()) stop('The build failed.');
await import('../dist/apps/server/main.js');
