// npm run chaos -- --logins 50000 --seed 7: tries the promise (docs/guides/the-promise.md) for as long as it takes, and prints what happened on the way.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensurePackages, prepare, stop } from './prepare.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({ options: { logins: { type: 'string', default: '10000' }, seed: { type: 'string' } } });
for (const [name, value] of Object.entries(values)) if (!/^\d{1,9}$/.test(value)) stop(`--${name} must be a whole number; got ${value}`);

prepare();
ensurePackages(['mariadb-server', 'redis-server']);
const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
const env = { ...process.env, CHAOS_LOGINS: values.logins, ...(values.seed !== undefined && { CHAOS_SEED: values.seed }) };
const jest = [`${root}node_modules/jest/bin/jest.js`, 'test/e2e/promise.spec.ts'];
process.exitCode = spawnSync(process.execPath, [...flags, ...jest], { cwd: root, stdio: 'inherit', env }).status ?? 1;
