// A MariaDB of our own: its data in a temporary folder, on a free port of 127.0.0.1, gone when whoever started it is gone. Node's built-ins only,
// because `npm test` starts one for the whole run, outside Jest.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram } from '../../scripts/prepare.mjs';

const startTimeout = 60_000;

/**
 * Runs the server until it ends or our end of the pipe on standard input closes, which it does however we end, by `kill -9` too. Then the folder goes.
 * The process group is its own, so that Ctrl-C in the terminal reaches the tests and leaves the database to them while they stop.
 */
const leash = `
folder=$1; shift
exec 3<&0
"$@" 3<&- &
server=$!
{ cat <&3 >/dev/null; kill "$server" 2>/dev/null; } &
wait "$server"
status=$?
rm -rf "$folder"
exit "$status"
`;

const userId = (flag, name) => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout.trim() || Number.NaN);

/** The server refuses to run as root, so root lets it run as the user that its package made. */
function ownerOf(folder) {
  if (process.getuid?.() !== 0) return [];
  const [uid, gid] = [userId('-u', 'mysql'), userId('-g', 'mysql')];
  if (Number.isNaN(uid)) return ['--user=root'];
  chownSync(folder, uid, gid);
  return ['--user=mysql'];
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/** Resolves when the server greets (its first packet on a new connection); retries until then. */
async function greeted(port, ended) {
  for (const until = Date.now() + startTimeout; Date.now() < until && !ended(); await delay(20)) {
    const socket = connect({ host: '127.0.0.1', port });
    try {
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

/** Starts a server with an account `root` that needs no password. @returns {Promise<{ url: string, stop: () => Promise<void> }>} */
export async function startMariadb() {
  const program = findProgram('mariadbd');
  const installer = findProgram('mariadb-install-db');
  if (!program || !installer)
    throw new Error('MariaDB (mariadbd) is not installed: `npm test` installs it, or names the command that does.');
  const folder = mkdtempSync(join(tmpdir(), 'foyer-mariadb-'));
  // A server that starts deletes all temporary tables in its folder for them: in a shared one those of other servers, too.
  const folders = [`--datadir=${join(folder, 'data')}`, `--tmpdir=${folder}`];
  const data = ['--no-defaults', ...ownerOf(folder), ...folders, '--innodb-log-file-size=16M'];
  const installed = spawnSync(installer, [...data, '--auth-root-authentication-method=normal', '--skip-test-db'], { encoding: 'utf8' });
  if (installed.status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`${installer} failed:\n${installed.stdout}${installed.stderr}`);
  }
  const port = await freePort();
  const logFile = join(folder, 'log');
  const log = openSync(logFile, 'w');
  const server = spawn('sh', ['-c', leash, 'sh', folder, program, ...data, ...settings(folder, port)], {
    detached: true,
    stdio: ['pipe', log, log],
  });
  closeSync(log);
  server.unref();
  const ended = once(server, 'exit');
  if (!(await greeted(port, () => server.exitCode !== null))) {
    const said = readFileSync(logFile, { encoding: 'utf8', flag: 'a+' });
    server.stdin.end();
    throw new Error(`MariaDB did not start:\n${said}`);
  }
  const stop = async () => {
    server.ref();
    server.stdin.end();
    await ended;
  };
  return { url: `mysql://root@127.0.0.1:${port}/`, stop };
}

/** For tests: nothing has to survive a power cut. The default collation ignores case, as on many a real server, so that keys show theirs. */
function settings(folder, port) {
  return [
    '--bind-address=127.0.0.1',
    `--port=${port}`,
    `--socket=${join(folder, 'socket')}`,
    `--pid-file=${join(folder, 'pid')}`,
    '--character-set-server=utf8mb4',
    '--collation-server=utf8mb4_general_ci',
    '--skip-name-resolve',
    '--skip-log-bin',
    '--innodb-flush-log-at-trx-commit=0',
    '--innodb-doublewrite=0',
    '--innodb-buffer-pool-size=128M',
    '--max-connections=500',
  ];
}
