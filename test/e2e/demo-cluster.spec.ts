import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { projectRoot } from '../../apps/demo/foyer-process.js';
import { freePorts } from '../../apps/demo/ports.js';
import { build } from '../../scripts/build.mjs';

test('npm run demo:cluster -- --check: a login goes on while its job waits, a worker makes the account, and a server that ends is not missed', async () => {
  expect(build()).toBe(true);
  const child = spawn(process.execPath, [join(projectRoot(), 'scripts/demo-cluster.mjs'), '--check'], {
    env: { ...process.env, DEMO_PORT: String(await freePorts(3)) },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)));
  await once(child, 'close');
  expect({ code: child.exitCode, end: output.trim().split('\n').at(-1) }).toEqual({ code: 0, end: 'The demo works.' });
  expect(output).toContain('The login did not wait for the account');
  expect(output).toContain('The account is there, once, under the id that the application had been told');
}, 120_000);
