import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { precondition } from '@foyer/platform';
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
  new ConfigurationAtStart(site.configuration, { configFile }, { info: note('info'), warn: note('warn') }).onApplicationBootstrap();

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
