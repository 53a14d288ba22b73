/** Foyer's server. */
import { runProcess } from '@foyer/platform';
import { serve } from './serve.js';

await runProcess(serve);
