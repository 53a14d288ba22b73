#!/usr/bin/env node
// npx foyer …: Foyer's command line, from whatever state the clone is in.
import { build } from './build.mjs';
import { prepare, stop } from './prepare.mjs';

prepare();
if (!build()) stop('The build failed.');
await import('../dist/apps/server/cli.js');
