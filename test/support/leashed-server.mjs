// Servers of our own for tests: each on a free port of 127.0.0.1, its files in a temporary folder, gone when whoever started it is gone. Node's
// built-ins only, because `npm test` starts some for the whole run, outside Jest.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const startTimeout = 60_000;

/**
 * Runs the server until it ends or our end of the pipe on standard input closes, which it does however we end, by `kill -9` too. Then the folder goes.
 * Each line that comes through the pipe is a signal for the server. The process group is its own, so that Ctrl-C in the terminal reaches the tests and
 * leaves the server to them while they stop. A server that a test has stopped (SIGSTOP) has to go on to end.
 */
const leash = `
folder=$1; shift
exec 3<&0
"$@" 3<&- &
server=$!
{
  while read -r signal <&3; do kill -"$signal" "$server" 2>/dev/null; done
  kill "$server" 2>/dev/null; kill -CONT "$server" 2>/dev/null
} &
wait "$server"
status=$?
rm -rf "$folder"
exit "$status"
`;

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/** Resolves when the server says something to a new connection that said `hello` (nothing, if it greets by itself); retries until then. */
async function answered(port, hello, ended) {
  for (const until = Date.now() + startTimeout; Date.now() < until && !ended(); await delay(20)) {
    const socket = connect({ host: '127.0.0.1', port });
    try {
      if (hello) socket.write(hello);
      await once(socket, 'data');
      return true;
    } catch {
      // Not listening yet.
    } finally {
      socket.destroy();
    }
  }
  return false;
}

function spawnLeashed(folder, logFile, program, args) {
  const log = openSync(logFile, 'w');
  const server = spawn('sh', ['-c', leash, 'sh', folder, program, ...args], { detached: true, stdio: ['pipe', log, log] });
  closeSync(log);
  server.unref();
  const ended = once(server, 'exit');
  // A pipe that breaks because the server has ended already says nothing new.
  server.stdin.on('error', () => undefined);
  return { server, ended };
}

/**
 * A folder for what servers leave to those that are started after them. It is removed with this process, or when told to.
 * @returns {{ path: string, remove: () => Promise<void> }}
 */
export function leashedFolder(prefix) {
  const path = mkdtempSync(join(tmpdir(), prefix));
  const { server, ended } = spawnLeashed(path, '/dev/null', 'tail', ['-f', '/dev/null']);
  const remove = async () => {
    server.ref();
    server.stdin.end();
    await ended;
  };
  return { path, remove };
}

/**
 * Starts a server and waits until it answers. It ends with this process, or when told to stop.
 * @param {object} options
 * @param {string} options.name for messages
 * @param {string} options.program
 * @param {readonly string[]} options.args
 * @param {string} options.folder where its files are; removed when it ends
 * @param {number} options.port
 * @param {string} [options.hello] what a client says first
 * @returns {Promise<{ stop: () => Promise<void>, kill: () => Promise<void> }>} `kill` ends it as `kill -9` does
 */
export async function startLeashed({ name, program, args, folder, port, hello }) {
  const logFile = join(folder, 'log');
  const { server, ended } = spawnLeashed(folder, logFile, program, args);
  if (!(await answered(port, hello, () => server.exitCode !== null))) {
    const said = readFileSync(logFile, { encoding: 'utf8', flag: 'a+' });
    server.stdin.end();
    throw new Error(`${name} did not start:\n${said}`);
  }
  const stop = async () => {
    server.ref();
    server.stdin.end();
    await ended;
  };
  const kill = async () => {
    server.stdin.write('KILL\n');
    await stop();
  };
  return { stop, kill };
}
