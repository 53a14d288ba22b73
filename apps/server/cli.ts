/** foyer …: the command line. */
import { once } from 'node:events';
import { runCommand } from './cli/commands.js';

process.exitCode = await runCommand(process.argv.slice(2), {
  env: process.env,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  stopped: () => Promise.race(['SIGINT', 'SIGTERM'].map((signal) => once(process, signal))).then(() => undefined),
});
