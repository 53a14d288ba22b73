import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runCommand } from './commands.js';

const good = `
identityProviders:
  - name: acme
    protocol: oidc
    oidc: { issuer: https://login.acme.example, clientId: foyer, clientSecret: "\${ACME_SECRET}" }
`;

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'foyer-cli-'));
  file = join(folder, 'site.yaml');
  writeFileSync(file, good);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Commands that go on until they are stopped end at once. */
const stopped = () => Promise.resolve();

async function foyer(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const env = { FOYER_DATA_DIR: join(folder, 'data'), ACME_SECRET: 'hush-hush' };
  const code = await runCommand(args, { env, out: (text) => (written.out += text), err: (text) => (written.err += text), stopped });
  return { code, ...written };
}

test('apply: 2 for a dry run that finds differences, 0 when done, and 0 for a dry run after it', async () => {
  const dry = await foyer('apply', file, '--dry-run');
  expect(dry).toMatchObject({ code: 2, err: '' });
  expect(dry.out).toContain('+ identityProviders acme\n');
  expect(dry.out).toContain('    oidc.clientSecret: "***"\n');
  expect(dry.out).toMatch(/^1 added, 0 changed, 0 removed if applied\.$/m);
  expect(dry.out).not.toContain('hush-hush');
  expect(await foyer('apply', file)).toMatchObject({ code: 0, out: expect.stringMatching(/^1 added, 0 changed, 0 removed\.$/m) });
  expect(await foyer('apply', '--dry-run', file)).toEqual({ code: 0, out: 'Nothing to change.\n', err: '' });
});

test('a change is shown as from and to', async () => {
  await foyer('apply', file);
  writeFileSync(file, `${good}    displayName: Acme\n`);
  expect(await foyer('apply', file)).toEqual({
    code: 0,
    out: '~ identityProviders acme\n    displayName: "acme" → "Acme"\n0 added, 1 changed, 0 removed.\n',
    err: '',
  });
});

test('--prune removes what the file does not name', async () => {
  await foyer('apply', file);
  writeFileSync(file, 'identityProviders: []');
  expect(await foyer('apply', file)).toMatchObject({ out: 'Nothing to change.\n' });
  expect(await foyer('apply', file, '--prune')).toEqual({
    code: 0,
    out: '- identityProviders acme\n0 added, 0 changed, 1 removed.\n',
    err: '',
  });
});

test('an export goes to standard output, and applying it changes nothing', async () => {
  await foyer('apply', file);
  const exported = await foyer('export');
  expect(exported).toMatchObject({ code: 0, err: '' });
  expect(exported.out).not.toContain('hush-hush');
  writeFileSync(file, exported.out);
  expect(await foyer('apply', file, '--dry-run')).toMatchObject({ code: 0, out: 'Nothing to change.\n' });
});

test('a file that is not valid: 1, a line for each fault, nothing written', async () => {
  writeFileSync(file, good.replace('protocol: oidc', 'protocol: 5').replace('clientId: foyer', 'clientId: foyer, colour: red'));
  expect(await foyer('apply', file)).toEqual({
    code: 1,
    out: '',
    err: `${file}:4:5 identityProviders[0].protocol type.wrong must be text\n${file}:5:66 identityProviders[0].oidc.colour key.unknown is not a known key\n`,
  });
  expect((await foyer('export')).out).toContain('identityProviders: []');
});

test('keys rotate publishes keys once', async () => {
  expect(await foyer('keys', 'rotate')).toMatchObject({ code: 0, out: expect.stringMatching(/^Published /) });
});

test.each([
  [['nonsense'], 'There is no command nonsense.'],
  [['apply'], 'apply needs one file.'],
  [['apply', 'a', 'b'], 'apply needs one file.'],
  [['apply', 'a', '--force'], "Unknown option '--force'"],
  [['export', 'x'], 'x'],
  [['keys'], 'keys needs: rotate.'],
  [['theme'], 'theme needs: init or preview.'],
  [['theme', 'init'], 'theme init needs one folder.'],
  [['theme', 'preview', '--port', 'x'], '--port must be a number'],
])('%j is not understood: 1, and how to use it', async (args, message) => {
  const { code, out, err } = await foyer(...args);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain(message);
  expect(err).toContain('Usage: foyer COMMAND');
});

test('help', async () => {
  for (const args of [[], ['help'], ['--help']])
    expect(await foyer(...args)).toMatchObject({ code: 0, out: expect.stringContaining('Usage: foyer COMMAND') });
});

test('a bad environment is named', async () => {
  const err: string[] = [];
  const code = await runCommand(['export'], { env: { PORT: 'x' }, out: () => undefined, err: (text) => err.push(text), stopped });
  expect({ code, err: err.join('') }).toEqual({ code: 1, err: expect.stringContaining('PORT must be') });
});
