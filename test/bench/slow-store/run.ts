/**
 * `npm run bench:slow-store`: whether non-blocking logins notice a user store that takes a second for each answer (compare.ts).
 *
 * Options: `--rounds 5 --logins 200 --concurrency 4 --answer-ms 1000`
 */
import { parseArgs } from 'node:util';
import { compareStores, usual } from './compare.js';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: String(usual.rounds) },
    logins: { type: 'string', default: String(usual.logins) },
    concurrency: { type: 'string', default: String(usual.concurrency) },
    'answer-ms': { type: 'string', default: String(usual.answerMs) },
  },
});
await compareStores({
  rounds: Number(options.rounds),
  logins: Number(options.logins),
  concurrency: Number(options.concurrency),
  answerMs: Number(options['answer-ms']),
});
