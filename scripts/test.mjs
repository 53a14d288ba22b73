// npm test: everything, from lint to end-to-end, on a machine that has Node and nothing else. The last line is `N passed, N failed`.
// With arguments (`npm test -- libs/login`): only the tests whose path matches, without the other checks.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startMariadb } from '../test/support/mariadb-server.mjs';
import { build } from './build.mjs';
import { check } from './check.mjs';
import { ensurePackages, prepare } from './prepare.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const selection = process.argv.slice(2);

/** Jest's own numbers. A file that could not even be loaded counts as one failure, and so does a run that ran nothing. */
function countsOf(resultFile) {
  try {
    const result = JSON.parse(readFileSync(resultFile, 'utf8'));
    const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
    return { passed: result.numPassedTests, failed: result.numPassedTests + failed === 0 ? 1 : failed };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

/** Runs Jest with this database. Ctrl-C and a plain `kill` are passed on to it; what the run started is then stopped as at any end. */
async function runJest(databaseUrl) {
  const folder = mkdtempSync(join(tmpdir(), 'foyer-test-'));
  const resultFile = join(folder, 'result.json');
  // Jest runs ES modules with Node's experimental modules of `vm`. Its workers get the same flags.
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const jest = [join(root, 'node_modules/jest/bin/jest.js'), '--maxWorkers=2', '--json', `--outputFile=${resultFile}`, ...selection];
  const env = { ...process.env, FOYER_TEST_MYSQL_URL: databaseUrl };
  const child = spawn(process.execPath, [...flags, ...jest], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  const [code] = await once(child, 'exit');
  const counts = countsOf(resultFile);
  rmSync(folder, { recursive: true, force: true });
  // Jest fails also for reasons that are no single test's, such as being interrupted.
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

async function runTests() {
  try {
    const mariadb = await startMariadb();
    try {
      return await runJest(mariadb.url);
    } finally {
      await mariadb.stop();
    }
  } catch (error) {
    console.error(error);
    return { passed: 0, failed: 1 };
  }
}

// Until everything ran, the run counts as failed, also when the preparation ends it.
let total = { passed: 0, failed: 1 };
process.once('exit', () => console.log(`${total.passed} passed, ${total.failed} failed`));

prepare();
ensurePackages(['mariadb-server', 'redis-server', 'chromium']);
const stages = [{ name: 'build', passed: build() }, ...(selection.length === 0 ? check() : [])];
const tests = await runTests();
const broken = stages.filter((stage) => !stage.passed);
if (broken.length > 0) console.error(`Failed besides the tests: ${broken.map((stage) => stage.name).join(', ')}`);
total = { passed: tests.passed + stages.length - broken.length, failed: tests.failed + broken.length };
process.exitCode = total.failed > 0 ? 1 : 0;
