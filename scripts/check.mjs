// npm run check: types, lint and formatting. Each stage says everything it has to say; one that fails does not hide the others.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { prepare } from './prepare.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const stages = [
  { name: 'types', command: ['typescript/bin/tsc', '-p', '.'] },
  { name: 'lint', command: ['oxlint/bin/oxlint', '--type-aware', '--disable-nested-config', '--deny-warnings'] },
  { name: 'format', command: ['prettier/bin/prettier.cjs', '--check', '--log-level=warn', '--cache', '.'] },
];

/** @returns {{ name: string, passed: boolean }[]} */
export function check() {
  return stages.map(({ name, command: [script, ...args] }) => {
    const started = performance.now();
    const { status } = spawnSync(process.execPath, [`${root}node_modules/${script}`, ...args], { cwd: root, stdio: 'inherit' });
    console.log(`${name}: ${status === 0 ? 'passed' : 'failed'} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    return { name, passed: status === 0 };
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  prepare();
  process.exitCode = check().every((stage) => stage.passed) ? 0 : 1;
}
