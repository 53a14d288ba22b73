import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Debian's apt-get is played by a script on an otherwise empty PATH; `chromium` is what is missing.
const prepare = join(import.meta.dirname, '../../scripts/prepare.mjs');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'foyer-prepare-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const program = (name: string, body: string) => writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
const calls = () => (existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n') : []);

function ensureChromium(userId: number) {
  const code = `process.getuid = () => ${userId}; const { ensurePackages } = await import('${prepare}'); ensurePackages(['chromium']);`;
  return spawnSync(process.execPath, ['--input-type=module', '--eval', code], { env: { PATH: folder }, encoding: 'utf8' });
}

const install = 'install --yes --no-install-recommends chromium';

test('root gets what is missing from apt-get, which has to fetch its lists first on a fresh machine', () => {
  program('apt-get', `echo "$@" >> "${folder}/calls"; case "$1" in update) : > "${folder}/lists";; *) test -e "${folder}/lists";; esac`);
  expect(ensureChromium(0).status).toBe(0);
  expect(calls()).toEqual([install, 'update', install]);
});

test('an installation that fails ends with the command that failed', () => {
  program('apt-get', 'exit 100');
  const { status, stderr } = ensureChromium(0);
  expect(status).toBe(1);
  expect(stderr).toContain(`This failed: apt-get ${install}`);
});

test('anybody else is told the command', () => {
  program('apt-get', `echo "$@" >> "${folder}/calls"`);
  const { status, stderr } = ensureChromium(1000);
  expect(status).toBe(1);
  expect(stderr).toBe(`Foyer needs chromium here. Install with: sudo apt-get ${install}\n`);
  expect(calls()).toEqual([]);
});

test('on another system the message names what is needed', () => {
  const { status, stderr } = ensureChromium(0);
  expect(status).toBe(1);
  expect(stderr).toContain('Foyer needs chromium here.');
});

test('nothing is installed when the program is there', () => {
  program('chromium', '');
  program('apt-get', `echo "$@" >> "${folder}/calls"`);
  expect(ensureChromium(1000).status).toBe(0);
  expect(calls()).toEqual([]);
});

test('an older Node is refused before anything else happens', () => {
  const code = `Object.defineProperty(process.versions, 'node', { value: '20.18.3' }); (await import('${prepare}')).prepare();`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    env: { PATH: folder },
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stderr).toBe('Foyer needs Node 20.19 or later; this is Node 20.18.3.\n');
});
