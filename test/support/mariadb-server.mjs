// A MariaDB of our own, as leashed-server.mjs says.
import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
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
 * @param {readonly string[]} [options.args] further options of mariadbd; the last one counts
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function startMariadb({ args: more = [] } = {}) {
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
  const args = [...data, ...settings(folder, port), ...more];
  const { stop } = await startLeashed({ name: 'MariaDB', program, args, folder, port });
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
