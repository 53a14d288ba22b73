// npm run demo: Foyer with a real external identity provider and a real application. The demo runs in this very process, with our arguments.
import { build } from './build.mjs';
import { prepare, stop } from './prepare.mjs';

prepare();
if (!build()) stop('The build failed.');
await import('../dist/apps/demo/main.js');
