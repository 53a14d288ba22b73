import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { projectRoot } from '../../apps/demo/foyer-process.js';
import { freePorts } from '../../apps/demo/ports.js';
import { build } from '../../scripts/build.mjs';

async function runDemo(parameters: string[], base: number): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [join(projectRoot(), '.cache/modules/apps/demo/main.js'), ...parameters], {
    env: { ...process.env, DEMO_PORT: String(base) },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)));
  await once(child, 'close');
  return { code: child.exitCode, output };
}

test('npm run demo -- --check: somebody logs in, has an account, logs in again, and no second account is there', async () => {
  expect(build()).toBe(true);
  const { code, output } = await runDemo(['--check'], await freePorts(3));
  expect({ code, end: output.trim().split('\n').at(-1) }).toEqual({ code: 0, end: 'The demo works.' });
  expect(output).toContain('There is still one account, with one link');
});
