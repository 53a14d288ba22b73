/** A worker of Foyer whose jobs do nothing, in a process of its own. */
import { jobsThatDoNothing } from './nothing.js';
import { createLogger, loadSettings, work } from './product.js';

const settings = loadSettings(process.env);
await work(settings, createLogger({ logLevel: 'warn' }), jobsThatDoNothing);
process.send?.('ready');
