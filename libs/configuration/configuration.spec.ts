import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openSettingsSite, type SettingsSite } from '../../test/support/settings-site.js';
import { SettingsFileError } from './configuration.js';

const variables = { ACME_SECRET: 'acme-secret-in-the-clear', INTRANET_SECRET: 'intranet-secret-in-the-clear', CALLBACK_PORT: '8123' };
const apply = { prune: false, dryRun: false };
const look = { prune: false, dryRun: true };

const good = `
identityProviders:
  - name: acme
    displayName: Acme Corp
    protocol: oidc
    oidc: { issuer: https://login.acme.example, clientId: foyer, clientSecret: "\${ACME_SECRET}" }
    homeRealms: [acme.example]
    claims:
      userId: preferred_username
      mappings:
        - { from: given_name, to: givenName }
        - { to: country, value: SE, owner: local }
    jit: { enabled: true }
applications:
  - name: intranet
    protocol: oidc
    oidc:
      clientId: intranet
      clientSecret: "\${INTRANET_SECRET}"
      redirectUris: ["https://intranet.example:\${CALLBACK_PORT}/callback"]
    login: { identityProviders: [acme] }
    claims: { requested: [email], idToken: [email] }
`;

let site: SettingsSite;
beforeEach(async () => {
  site = await openSettingsSite();
});
afterEach(() => site.close());

const applyText = (text: string | Uint8Array, options = apply) =>
  site.configuration.applyFile(site.write('site.yaml', text), options, variables);

async function linesFor(text: string | Uint8Array): Promise<string[]> {
  try {
    await applyText(text);
  } catch (error) {
    if (error instanceof SettingsFileError) return error.message.split('\n').map((line) => line.replace(`${site.folder}/`, ''));
    throw error;
  }
  return [];
}

const revision = async (): Promise<unknown> => site.database.read.query('SELECT revision FROM settings_revision');
const rows = async (): Promise<unknown> => [
  await site.database.read.query('SELECT * FROM identity_providers'),
  await site.database.read.query('SELECT * FROM applications'),
  await site.database.read.query('SELECT * FROM user_stores'),
];

test('a file becomes settings, with defaults and variables filled in', async () => {
  const changes = await applyText(good);
  expect(changes.map(({ section, name, action }) => [action, section, name])).toEqual([
    ['added', 'identityProviders', 'acme'],
    ['added', 'applications', 'intranet'],
  ]);
  const acme = await site.siteSettings.get('identityProviders', 'acme');
  expect(acme.settings).toMatchObject({
    enabled: true,
    oidc: { clientSecret: variables.ACME_SECRET, clientAuthentication: 'client_secret_basic', timeoutMs: 5000 },
    jit: {
      enabled: true,
      mode: 'blocking',
      onFailure: 'deny',
      userStore: 'PRIMARY',
      prompt: 'none',
      attributeSync: 'overwrite',
      linking: { existing: 'deny' },
    },
    claims: {
      mappings: [
        { from: 'given_name', to: 'givenName', onAbsent: 'keep', owner: 'idp' },
        { to: 'country', value: 'SE', owner: 'local' },
      ],
    },
  });
  const intranet = await site.siteSettings.get('applications', 'intranet');
  expect(intranet.settings).toMatchObject({
    displayName: 'intranet',
    oidc: {
      redirectUris: ['https://intranet.example:8123/callback'],
      grantTypes: ['authorization_code', 'refresh_token'],
      idTokenAlg: 'RS256',
    },
    login: { identityProviders: ['acme'], local: false },
    consent: 'implicit',
  });
});

test('applying twice changes nothing the second time: no row, no version, no revision', async () => {
  await applyText(good);
  const before = [await rows(), await revision()];
  expect(await applyText(good)).toEqual([]);
  expect([await rows(), await revision()]).toEqual(before);
});

test('a dry run says what would change, with secrets masked, and writes nothing', async () => {
  await applyText(good);
  const before = [await rows(), await revision()];
  const other = good
    .replace('Acme Corp', 'Acme')
    .replace('${ACME_SECRET}', 'another-secret')
    .replace('{ enabled: true }', '{ enabled: true, onFailure: admit }');
  expect(await applyText(other, look)).toEqual([
    {
      section: 'identityProviders',
      name: 'acme',
      action: 'changed',
      fields: [
        { path: 'displayName', before: 'Acme Corp', after: 'Acme' },
        { path: 'jit.onFailure', before: 'deny', after: 'admit' },
        { path: 'oidc.clientSecret', before: '***', after: '***' },
      ],
    },
  ]);
  expect([await rows(), await revision()]).toEqual(before);
});

test('what is reported of a new object has no secrets either', async () => {
  const reported = JSON.stringify(await applyText(good, look));
  expect(reported).toContain('"path":"oidc.clientSecret","after":"***"');
  for (const secret of [variables.ACME_SECRET, variables.INTRANET_SECRET]) expect(reported).not.toContain(secret);
});

test('an export has no secrets, and applying it changes nothing', async () => {
  await applyText(good.replace('Acme Corp', () => 'Costs 5$ and $${HOME}'));
  const exported = await site.configuration.export();
  for (const secret of [variables.ACME_SECRET, variables.INTRANET_SECRET]) expect(exported).not.toContain(secret);
  expect(exported).toContain('$${HOME}');
  expect(await applyText(exported)).toEqual([]);
});

test('secrets are sealed: their bytes are in no file of the data directory', async () => {
  await applyText(good);
  const folder = join(site.folder, 'data');
  const bytes = Buffer.concat(readdirSync(folder).map((file) => readFileSync(join(folder, file))));
  expect(bytes.includes('login.acme.example')).toBe(true);
  for (const secret of [variables.ACME_SECRET, variables.INTRANET_SECRET]) expect(bytes.includes(secret)).toBe(false);
});

test('an omitted secret keeps the stored one, unless there is no use for it any more', async () => {
  await applyText(good);
  await applyText(good.replace(', clientSecret: "${ACME_SECRET}"', ''));
  expect((await site.siteSettings.get('identityProviders', 'acme')).settings).toMatchObject({
    oidc: { clientSecret: variables.ACME_SECRET },
  });
  await applyText(good.replace('clientSecret: "${INTRANET_SECRET}"', 'clientAuthentication: none'));
  expect((await site.siteSettings.get('applications', 'intranet')).settings).not.toHaveProperty('oidc.clientSecret');
});

test('objects that a file does not name stay; --prune removes them from the sections that it has', async () => {
  await applyText(good);
  const apps = 'applications:\n' + good.split('applications:\n')[1]?.replaceAll('intranet', 'extranet').replace('extranet_', 'INTRANET_');
  await applyText(apps);
  expect((await site.siteSettings.export())['applications']?.map(({ name }) => name)).toEqual(['extranet', 'intranet']);
  const changes = await applyText(apps, { prune: true, dryRun: false });
  expect(changes).toEqual([{ section: 'applications', name: 'intranet', action: 'removed', fields: [] }]);
  expect((await site.siteSettings.export())['identityProviders']).toHaveLength(1);
});

test('pruning keeps PRIMARY, and refuses to remove what is named elsewhere', async () => {
  await applyText(good);
  expect(await applyText('userStores: []', { prune: true, dryRun: false })).toEqual([]);
  await expect(applyText('identityProviders: []', { prune: true, dryRun: false })).rejects.toThrow(
    /identityProviders reference\.inUse cannot do without acme: the application intranet names it/,
  );
  expect((await site.siteSettings.export())['identityProviders']).toHaveLength(1);
});

test('a deleted name that comes back has a new id', async () => {
  await applyText(good);
  const before = await site.siteSettings.get('identityProviders', 'acme');
  await applyText('identityProviders: []\napplications: []', { prune: true, dryRun: false });
  await applyText(good);
  expect((await site.siteSettings.get('identityProviders', 'acme')).id).not.toBe(before.id);
});

test('a fault anywhere: nothing is written, and every fault has its place', async () => {
  const before = [await rows(), await revision()];
  const text = good
    .replace('protocol: oidc', 'protocol: saml')
    .replace('identityProviders: [acme]', 'identityProviders: [acme, nobody]')
    .replace('claims: { requested', 'colour: red\n    claims: { requested')
    .replace('${INTRANET_SECRET}', '${NOT_SET}');
  expect(await linesFor(text)).toEqual([
    'site.yaml:5:5 identityProviders[0].protocol settings.notSupported has a value that this version does not support yet',
    'site.yaml:19:7 applications[0].oidc.clientSecret variable.unset needs the environment variable NOT_SET, which is not set',
    'site.yaml:22:5 applications[0].colour key.unknown is not a known key',
  ]);
  expect(await linesFor(good.replace('[acme] }\n', '[acme, nobody] }\n'))).toEqual([
    'site.yaml:21:40 applications[0].login.identityProviders[1] reference.unknown names something in identityProviders that does not exist',
  ]);
  expect([await rows(), await revision()]).toEqual(before);
});

test.each<[string, string | Uint8Array, string]>([
  ['no YAML', 'a: [1', 'site.yaml:1:6 - yaml.syntax'],
  ['a tab', 'userStores:\n\t- domain: X', 'site.yaml:2:1 - yaml.syntax'],
  ['a repeated key', 'userStores: []\nuserStores: []', 'site.yaml:2:1 - key.duplicate'],
  ['two documents', 'userStores: []\n---\nuserStores: []', 'yaml.documents'],
  ['a list', '- 1', 'site.yaml:1:1 - type.wrong'],
  ['an unknown section', 'clients: []', 'site.yaml:1:1 clients key.unknown'],
  ['a section that is no list', 'applications: { name: x }', 'site.yaml:1:1 applications type.wrong'],
  ['an object that is none', 'applications: [5]', 'site.yaml:1:16 applications[0] type.wrong'],
  ['a key that is no text', 'applications: [{ 5: x }]', 'applications[0] key.unknown'],
  ['a tag', 'applications: !!binary aGVsbG8=', 'applications yaml.tag'],
  ['not UTF-8', Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe]), 'site.yaml:1:1 - file.encoding'],
  ['too large', `# ${'x'.repeat(1_048_576)}`, 'site.yaml:1:1 - file.tooLarge'],
  ['a polluting key', 'applications: [{ __proto__: { name: x } }]', 'applications[0].__proto__ key.unknown'],
  ['an alias of itself', 'applications: &a [*a]', 'yaml.tooLarge'],
  [
    'two objects of one name',
    'userStores: [{ domain: A, type: sql }, { domain: a, type: sql }]',
    'site.yaml:1:42 userStores[1].domain value.duplicate',
  ],
  [
    'a pattern that is none',
    "userStores: [{ domain: A, type: sql, policy: { usernamePattern: '(a' } }]",
    'userStores[0].policy.usernamePattern pattern.invalid',
  ],
  [
    'a pattern that could backtrack',
    "userStores: [{ domain: A, type: sql, policy: { usernamePattern: '(a+)\\1$' } }]",
    'userStores[0].policy.usernamePattern pattern.invalid',
  ],
  ['an LDAP store', 'userStores: [{ domain: A, type: ldap }]', 'userStores[0].type settings.notSupported'],
  ['a malformed variable', 'applications: [{ name: "${A B}" }]', 'applications[0].name variable.malformed'],
  ['an unclosed variable', 'applications: [{ name: "${A" }]', 'applications[0].name variable.malformed'],
  ['a file that is not there', 'applications: [{ name: "${file:nowhere}" }]', 'applications[0].name variable.file'],
])('refused: %s', async (_, text, expected) => {
  const lines = await linesFor(text);
  expect(lines.join('\n')).toContain(expected);
  expect(lines.filter((line) => line.includes(expected))).toHaveLength(1);
});

test('an alias bomb is refused quickly', async () => {
  const levels = Array.from(
    { length: 9 },
    (_, n) =>
      `- &l${n} [${Array(9)
        .fill(n === 0 ? 'x' : `*l${n - 1}`)
        .join(', ')}]`,
  );
  const began = performance.now();
  expect((await linesFor(`applications:\n${levels.join('\n')}`))[0]).toMatch(/yaml\.tooLarge/);
  expect(performance.now() - began).toBeLessThan(5000);
});

test('a file with comments only changes nothing', async () => {
  expect(await applyText('# nothing\n')).toEqual([]);
});

test('${file:…} is read beside the YAML file, less one line break, and what is filled in is not looked at again', async () => {
  site.write('secret.txt', 'from-a-${file}\n');
  await applyText(good.replace('${INTRANET_SECRET}', '${file:secret.txt}'));
  expect((await site.siteSettings.get('applications', 'intranet')).settings).toMatchObject({ oidc: { clientSecret: 'from-a-${file}' } });
});

test('messages never have a value in them', async () => {
  const text = good.replace('https://login.acme.example', '"${ACME_SECRET}"').replace('protocol: oidc', 'protocol: "${INTRANET_SECRET}"');
  const lines = (await linesFor(text)).join('\n');
  expect(lines).toMatch(/identityProviders\[0\]\.protocol value\.notOneOf/);
  for (const secret of Object.values(variables)) expect(lines).not.toContain(secret);
});

test('two files that are applied at once both take effect', async () => {
  await applyText(good);
  const change = (from: string, to: string): string => good.replace(from, to);
  const first = site.write('one.yaml', change('Acme Corp', 'Acme One'));
  const second = site.write(
    'two.yaml',
    'applications:\n' +
      change('name: intranet', 'name: other').replace('clientId: intranet', 'clientId: other').split('applications:\n')[1],
  );
  await Promise.all([first, second].map((file) => site.configuration.applyFile(file, apply, variables)));
  expect((await site.siteSettings.get('identityProviders', 'acme')).settings).toMatchObject({ displayName: 'Acme One' });
  expect((await site.siteSettings.get('applications', 'other')).version).toBe(1);
});
