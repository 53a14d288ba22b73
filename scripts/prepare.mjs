// Makes a fresh clone ready to build and run, on a machine that has Node and nothing else. Node's built-ins only: this runs before installation.
// When everything is there it costs a hash of the lock file: no npm, no apt-get.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');
const stamp = join(modules, '.foyer-installed');

/** What may have to come from the system: the Debian package, and the programs that show that it (or its equivalent) is there. */
const systemPackages = {
  'mariadb-server': { programs: ['mariadbd'] },
  // Sentinel is the same program.
  'redis-server': { programs: ['redis-server'] },
  chromium: { programs: ['chromium', 'chromium-browser', 'google-chrome'] },
  'g++': { programs: ['g++', 'clang++'] },
  make: { programs: ['make'] },
  python3: { programs: ['python3'] },
};

/** Ends the program with a message for the person who started it, not with a stack. */
export function stop(message) {
  console.error(message);
  process.exit(1);
}

/** @returns {string | undefined} the path of the first of these programs that is installed; servers live in sbin, which is not on every PATH */
export function findProgram(...names) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin'].filter(Boolean);
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not in this folder.
      }
    }
  }
  return undefined;
}

/**
 * Installs the Debian packages whose programs are missing: as root on Debian with apt-get; otherwise names the command and ends with exit code 1.
 * @param {(keyof typeof systemPackages)[]} names
 */
export function ensurePackages(names) {
  const missing = names.filter((name) => !findProgram(...systemPackages[name].programs));
  if (missing.length === 0) return;
  const command = ['apt-get', 'install', '--yes', '--no-install-recommends', ...missing];
  const aptGet = findProgram('apt-get');
  if (!aptGet)
    stop(`Foyer needs ${missing.join(', ')} here. On Debian: ${command.join(' ')}. Install the equivalent for this system and try again.`);
  if (process.getuid?.() !== 0) stop(`Foyer needs ${missing.join(', ')} here. Install with: sudo ${command.join(' ')}`);
  console.error(`Installing ${missing.join(', ')} …`);
  const install = () => run(aptGet, command.slice(1), { DEBIAN_FRONTEND: 'noninteractive' });
  // A fresh machine has no package lists yet, or stale ones that name files which are gone.
  if (!install()) {
    run(aptGet, ['update']);
    if (!install()) stop(`This failed: ${command.join(' ')}`);
  }
}

/** @param {2 | 'ignore'} output where both streams go: stderr, because stdout is for the output of the caller's own work, or nowhere */
function run(command, args, env = {}, output = 2) {
  return spawnSync(command, args, { cwd: root, stdio: ['ignore', output, output], env: { ...process.env, ...env } }).status === 0;
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) stop(`Foyer needs Node 20.19 or later; this is Node ${process.versions.node}.`);
}

/** npm as it started us, so that both are of one version; or as found. */
function npm(args, output) {
  const prefix = dirname(dirname(realpathSync(process.execPath)));
  const env = { JOBS: 'max' };
  // Native modules compile without downloading Node's headers when the running Node brings them.
  if (!process.env.npm_config_nodedir && existsSync(join(prefix, 'include/node/node.h'))) env.npm_config_nodedir = prefix;
  const entry = process.env.npm_execpath;
  if (entry && /npm-cli\.[cm]?js$/.test(entry)) return run(process.execPath, [entry, ...args], env, output);
  const program = findProgram('npm');
  if (!program) stop('Foyer needs npm, which comes with Node, on the PATH.');
  return run(program, args, env, output);
}

/** Whether npm's own record of what it installed agrees with the lock file: then a developer's `npm install` need not be done again. */
function installedAsLocked(lockFile) {
  const record = join(modules, '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  const { '': _project, ...locked } = JSON.parse(lockFile).packages;
  const same = (path) => installed[path]?.version === locked[path]?.version && installed[path]?.integrity === locked[path]?.integrity;
  return (
    Object.keys(installed).every(same) &&
    Object.entries(locked).every(([path, entry]) => (installed[path] ? true : entry.optional === true || entry.devOptional === true))
  );
}

/** Whether the native SQLite module is there and was built for the running Node. */
function sqliteLoads() {
  try {
    const require = createRequire(import.meta.url);
    const Sqlite = require('better-sqlite3');
    new Sqlite(':memory:').close();
    return true;
  } catch {
    return false;
  }
}

/** Its prebuilt file is fetched from elsewhere than the packages; out of reach, the module is compiled, which takes a compiler. */
function installSqlite() {
  if (sqliteLoads()) return;
  console.error('Installing the SQLite module (about a minute when it has to be compiled) …');
  // Without a compiler npm has pages to say about it, which are nobody's concern when one can be installed: the first try is silent.
  const installed = (output) => npm(['rebuild', 'better-sqlite3'], output) && sqliteLoads();
  if (installed('ignore')) return;
  ensurePackages(['g++', 'make', 'python3']);
  if (!installed(2)) stop('The SQLite module (better-sqlite3) could not be installed; npm said why.');
}

/** npm does not link a project's own commands; with this link `npx foyer` starts without asking the registry. */
function linkCommand() {
  const link = join(modules, '.bin/foyer');
  if (existsSync(link)) return;
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync('../../scripts/foyer.mjs', link);
  chmodSync(join(root, 'scripts/foyer.mjs'), 0o755);
}

/** Checks Node and installs the packages of the lock file when node_modules lacks or differs from them. Ends the program when it cannot. */
export function prepare() {
  checkNode();
  const lockFile = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const wanted = createHash('sha256').update(`${process.versions.modules} ${process.platform} ${process.arch} ${lockFile}`).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  if (!installedAsLocked(lockFile)) {
    console.error('Installing packages …');
    // Scripts of packages are run below, by name, whatever npm's version makes of `allowScripts`.
    if (!npm(['ci', '--include=dev', '--ignore-scripts', '--no-fund', '--no-audit'])) stop('npm ci failed.');
  }
  installSqlite();
  linkCommand();
  writeFileSync(stamp, wanted);
}
