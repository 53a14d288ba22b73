#!/usr/bin/env node
// npx foyer …: Foyer's command line.
import { run } from './run.mjs';

await run('apps/server/cli.js');
