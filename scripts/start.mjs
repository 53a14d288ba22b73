// npm start: Foyer alone.
import { run } from './run.mjs';

await run('apps/server/main.js');
