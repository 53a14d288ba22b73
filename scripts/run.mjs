// Runs a program from whatever state the clone is in: installs what is missing, builds what is stale. package.json starts it with `exec`,
// so that a signal to npm reaches the program, not the shell between them, and npm waits for its end.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, outputOf } from './build.mjs';
import { prepare, stop } from './prepare.mjs';

/** Milliseconds. A person who presses Ctrl-C again in impatience takes longer; npm's echo of it does not. */
const echoWindow = 200;

/**
 * Ctrl-C in a terminal reaches a program that npm runs twice: from the terminal, and from npm, which passes on what it got. To the program a
 * second signal means "at once, without cleaning up", so an echo is dropped. Node binds `process.emit` when a listener is added: call this first.
 */
function dropEchoes() {
  const emit = process.emit.bind(process);
  const last = { SIGINT: -Infinity, SIGTERM: -Infinity };
  process.emit = (name, ...rest) => {
    if (Object.hasOwn(last, name)) {
      const before = last[name];
      last[name] = performance.now();
      if (last[name] - before < echoWindow) return true;
    }
    return emit(name, ...rest);
  };
}

/**
 * The program runs in this very process, with its arguments: signals and the exit code are its own, and nothing of ours stays in memory.
 * @param {string} program relative to the build that it belongs to
 * @param {'product' | 'modules'} of the demo is no part of the product, and runs from its modules
 * @returns what it exports
 */
export async function run(program, of = 'product') {
  prepare();
  if (!build()) stop('The build failed.');
  dropEchoes();
  return import(pathToFileURL(join(outputOf(of), program)).href);
}
