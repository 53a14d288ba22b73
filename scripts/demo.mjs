// npm run demo: Foyer with a real external identity provider and a real application.
import { run } from './run.mjs';

await run('apps/demo/main.js', 'modules');
