import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { newId, precondition } from '@foyer/platform';
import { openSettingsSite, type SettingsSite } from '../../test/support/settings-site.js';
import { ConfigurationAtStart } from './configuration-at-start.js';
import { SettingsFileError } from './configuration.js';

const text = `
identityProviders:
  - name: acme
    protocol: oidc
    oidc: { issuer: https://login.acme.example, clientId: foyer, clientSecret: a-secret-of-acme }
`;

let site: SettingsSite;
const logged: unknown[] = [];
beforeEach(async () => {
  site = await openSettingsSite();
  logged.length = 0;
});
afterEach(() => site.close());

const note = (level: string) => (fields: object, message?: string) => void logged.push({ level, ...fields, message });
const start = (configFile: string | undefined) =>
  new ConfigurationAtStart(
    site.configuration,
    { configFile },
    { info: note('info'), warn: note('warn'), error: note('error') },
  ).onApplicationBootstrap();

test('a file of this version is not applied to settings of a newer one, and the start goes on', async () => {
  const file = site.write('site.yaml', text);
  await start(file);
  const config = { name: 'newer', protocol: 'wallet', wallet: { trust: ['eu'] } };
  await site.database.transaction((tx) =>
    tx.query(
      `INSERT INTO identity_providers (id, name, display_name, enabled, protocol, config, secrets, version, created_at, updated_at)
       VALUES (?, 'newer', 'Newer', 1, 'wallet', ?, '{}', 1, 0, 0)`,
      [newId(), JSON.stringify(config)],
    ),
  );
  logged.length = 0;
  await start(site.write('other.yaml', text.replace('a-secret-of-acme', 'another-secret')));
  expect(logged).toMatchObject([
    { level: 'error', err: { code: 'settings.newerVersion' }, message: expect.stringContaining('not applied') },
  ]);
  const acme = { settings: { oidc: { clientSecret: 'a-secret-of-acme' } } };
  expect(await site.siteSettings.get('identityProviders', 'acme')).toMatchObject(acme);
  const patching = site.siteSettings.patch('identityProviders', 'acme', precondition('*'), { displayName: 'Acme' });
  await expect(patching).rejects.toMatchObject({
    kind: 'conflict',
    code: 'settings.newerVersion',
    message: expect.stringContaining('newer'),
  });
});

test('what a newer version keeps with settings is kept when this one changes them, and its secrets stay sealed', async () => {
  await start(site.write('site.yaml', text));
  const [row] = await site.database.read.query<{ config: string; secrets: string }[]>('SELECT config, secrets FROM identity_providers');
  const config = { ...(JSON.parse(row?.config ?? '') as object), quota: { daily: 5 } };
  const secrets = { ...(JSON.parse(row?.secrets ?? '') as object), apiKey: 'v1.sealed', 'oidc.newSecret': 'v1.sealed' };
  await site.database.transaction((tx) =>
    tx.query('UPDATE identity_providers SET config = ?, secrets = ?, version = 2', [JSON.stringify(config), JSON.stringify(secrets)]),
  );
  const patched = await site.siteSettings.patch('identityProviders', 'acme', precondition('*'), { displayName: 'The new Acme' });
  expect(patched.settings).toMatchObject({ displayName: 'The new Acme' });
  expect(JSON.stringify(patched.settings)).not.toContain('v1.sealed');
  const [after] = await site.database.read.query<{ config: string; secrets: string }[]>('SELECT config, secrets FROM identity_providers');
  expect(JSON.parse(after?.config ?? '')).toMatchObject({ displayName: 'The new Acme', quota: { daily: 5 } });
  expect(JSON.parse(after?.secrets ?? '')).toMatchObject({ apiKey: 'v1.sealed', 'oidc.newSecret': 'v1.sealed' });
});

test('the file wins over changes by API, and the log names the fields', async () => {
  const file = site.write('site.yaml', text);
  await start(file);
  expect(logged).toMatchObject([{ level: 'info', section: 'identityProviders', name: 'acme' }]);
  logged.length = 0;
  await start(file);
  expect(logged).toEqual([]);

  const changes = { displayName: 'By API', jit: { enabled: true }, oidc: { clientSecret: 'another-secret' } };
  await site.siteSettings.patch('identityProviders', 'acme', precondition('*'), changes);
  await start(file);
  expect(logged).toEqual([
    {
      level: 'warn',
      section: 'identityProviders',
      name: 'acme',
      fields: ['displayName', 'jit.enabled', 'oidc.clientSecret'],
      message: 'FOYER_CONFIG replaced stored settings',
    },
  ]);
  expect((await site.siteSettings.get('identityProviders', 'acme')).settings).toMatchObject({
    displayName: 'acme',
    oidc: { clientSecret: 'a-secret-of-acme' },
  });
});

test('a file that is not valid stops the start; without one nothing happens', async () => {
  await expect(start(site.write('bad.yaml', text.replace('oidc:', 'oidcs:')))).rejects.toThrow(SettingsFileError);
  await expect(start(`${site.folder}/nowhere.yaml`)).rejects.toThrow(/nowhere\.yaml:1:1 - file\.unreadable/);
  await start(undefined);
  expect(logged).toEqual([]);
});
