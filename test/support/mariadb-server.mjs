// A MariaDB of our own, as leashed-server.mjs says.
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../../scripts/prepare.mjs';
import { freePort, startLeashed } from './leashed-server.mjs';

const userId = (flag, name) => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout.trim() || Number.NaN);

/** The server refuses to run as root, so root lets it run as the user that its package made. */
function ownerOf(folder) {
  if (process.getuid?.() !== 0) return [];
  const [uid, gid] = [userId('-u', 'mysql'), userId('-g', 'mysql')];
  if (Number.isNaN(uid)) return ['--user=root'];
  chownSync(folder, uid, gid);
  return ['--user=mysql'];
}

/**
 * Starts a server with an account `root` that needs no password.
 * @param {object} [options]
 * @param {string} [options.home] a folder, of {@link leashedFolder}, that keeps its data for one that is started after it: then what was committed also
 *   survives `kill -9`. Without it nothing has to survive anything.
 * @param {number} [options.port] a free one unless told
 * @param {readonly string[]} [options.args] further options of mariadbd; the last one counts
 * @returns {Promise<{ url: string, port: number, stop: () => Promise<void>, kill: () => Promise<void> }>}
 */
export async function startMariadb({ home, port: wanted, args: more = [] } = {}) {
  const program = findProgram('mariadbd');
  if (!program) throw new Error('MariaDB (mariadbd) is not installed: `npm test` installs it, or names the command that does.');
  if (home) ownerOf(home);
  const folder = mkdtempSync(join(home ?? tmpdir(), 'foyer-mariadb-'));
  const data = join(home ?? folder, 'data');
  // A server that starts deletes all temporary tables in its folder for them: in a shared one those of other servers, too.
  const basics = ['--no-defaults', ...ownerOf(folder), `--datadir=${data}`, `--tmpdir=${folder}`, '--innodb-log-file-size=16M'];
  if (!existsSync(data)) install(basics, folder);
  const port = wanted ?? (await freePort());
  const args = [...basics, ...settings(folder, port), ...(home ? ['--innodb-flush-log-at-trx-commit=1'] : forgetful), ...more];
  const server = await startLeashed({ name: 'MariaDB', program, args, folder, port });
  return { url: `mysql://root@127.0.0.1:${port}/`, port, ...server };
}

function install(basics, folder) {
  const installer = findProgram('mariadb-install-db');
  if (!installer) throw new Error('mariadb-install-db is missing, which comes with MariaDB');
  const installed = spawnSync(installer, [...basics, '--auth-root-authentication-method=normal', '--skip-test-db'], { encoding: 'utf8' });
  if (installed.status === 0) return;
  rmSync(folder, { recursive: true, force: true });
  throw new Error(`${installer} failed:\n${installed.stdout}${installed.stderr}`);
}

const forgetful = ['--innodb-flush-log-at-trx-commit=0', '--innodb-doublewrite=0'];

/** The default collation ignores case, as on many a real server, so that keys show theirs. */
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
    '--innodb-buffer-pool-size=128M',
    '--max-connections=500',
  ];
}
