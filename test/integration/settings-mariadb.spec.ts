import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { IdentityProviders, IdentityProvidersSection } from '@foyer/identity-providers';
import { createLogger, etagOf, precondition } from '@foyer/platform';
import { openSite, type Site } from '../../apps/server/cli/site.js';
import { testDatabase } from '../support/mariadb.js';
import { openSettingsSite, type SettingsSite } from '../support/settings-site.js';

const text = `
identityProviders:
  - name: acme
    protocol: oidc
    oidc: { issuer: https://login.acme.example, clientId: foyer, clientSecret: a-secret-in-the-clear }
    homeRealms: [acme.example]
applications:
  - name: intranet
    protocol: oidc
    oidc: { clientId: intranet, clientSecret: another-secret, redirectUris: [https://intranet.example/callback] }
    login: { identityProviders: [acme] }
`;
const apply = { prune: false, dryRun: false };

let site: SettingsSite;
/** The same database, as another process has it. */
let other: Site;
beforeAll(async () => {
  site = await openSettingsSite({ FOYER_DATABASE_URL: (await testDatabase()).url });
  other = await openSite(site.env);
});
afterAll(async () => {
  await other.database.close();
  await site.close();
});

test('settings work on MariaDB as on SQLite: applied once, sealed, exported, followed by other processes', async () => {
  const file = site.write('site.yaml', text);
  await site.configuration.applyFile(file, apply);
  expect(await site.configuration.applyFile(file, apply)).toEqual([]);
  const stored = JSON.stringify(await site.database.read.query('SELECT * FROM identity_providers'));
  expect(stored).toContain('login.acme.example');
  expect(stored).not.toContain('a-secret-in-the-clear');
  expect(await site.configuration.applyFile(site.write('export.yaml', await other.configuration.export()), apply)).toEqual([]);

  const providers = new IdentityProviders(
    other.database,
    other.revision,
    new IdentityProvidersSection(other.vault, other.settings),
    createLogger({ logLevel: 'silent' }),
  );
  await providers.onModuleInit();
  const before = providers.byName('acme');
  expect(before).toMatchObject({ version: 1, oidc: { clientSecret: 'a-secret-in-the-clear' } });
  await site.siteSettings.patch('identityProviders', 'acme', precondition('*'), { displayName: 'Acme' });
  await other.revision.refresh();
  expect(providers.byName('acme')).toMatchObject({ id: before?.id, version: 2, displayName: 'Acme' });
});

test('writers in two processes wait for each other: what is unique stays so, and no change is lost', async () => {
  const provider = (name: string) => ({
    name,
    protocol: 'oidc',
    oidc: { issuer: `https://${name}.example`, clientId: 'foyer', clientSecret: 'some-secret' },
    homeRealms: ['contested.example'],
  });
  const both = await Promise.allSettled(
    Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? site : other).siteSettings.create('identityProviders', provider(`contender-${n}`))),
  );
  expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const result of both)
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ kind: 'conflict', code: 'value.taken' });

  const seen = etagOf(await site.siteSettings.get('applications', 'intranet'));
  const versions = await Promise.allSettled(
    [site, other, site, other].map((one, n) =>
      one.siteSettings.patch('applications', 'intranet', precondition(seen), { displayName: `By ${n}` }),
    ),
  );
  expect(versions.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});
