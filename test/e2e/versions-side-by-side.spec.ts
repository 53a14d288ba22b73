import { beforeAll, expect, test } from '@jest/globals';
import type { Browser } from '../../apps/demo/browserless/index.js';
import { newId, redisPrefix } from '@foyer/platform';
import { createConnection } from 'mysql2/promise';
import { atEnd } from '../support/redis.js';
import { ScriptedProvider } from '../support/scripted-provider.js';
import { Cluster } from './cluster.js';
import { Application, applicationSettings, codeOn, newBrowser, providerSettings } from './parties.js';
import type { Site } from './site.js';

let acme: ScriptedProvider;
let cluster: Cluster;
let site: Site;
let intranet: Application;
let wiki: Application;

beforeAll(async () => {
  acme = await ScriptedProvider.start();
  atEnd(() => acme.close());
  const identityProviders = [providerSettings('acme', acme.issuer)];
  const applications = ['intranet', 'wiki'].map((name) => applicationSettings(name, { identityProviders: ['acme'], local: false }));
  cluster = await Cluster.start({ settings: { identityProviders, applications }, servers: 1 });
  const [only] = cluster.sites;
  if (!only) throw new Error('There is no server');
  site = only;
  [intranet, wiki] = [new Application(cluster, 'intranet'), new Application(cluster, 'wiki')];
}, 60_000);

/** Does something to Foyer's database. */
async function inDatabase(sql: string, values: readonly (string | number)[] = []): Promise<void> {
  const connection = await createConnection(cluster.databaseUrl);
  await connection.query(sql, [...values]);
  await connection.end();
}

/** How a newer version could keep what this one keeps under the same keys. */
const newerForms: readonly { readonly how: string; readonly form: (entry: string) => string }[] = [
  { how: 'in another form', form: () => `2;${Date.now() + 600_000};{"groups":[]};binary` },
  {
    how: 'with other content',
    form: (entry) => `${entry.slice(0, entry.indexOf('\n'))}\n{"version":2,"content":{"what":"a newer one keeps"}}`,
  },
  {
    how: 'with content of other types',
    form: (entry) => {
      const value = JSON.parse(entry.slice(entry.indexOf('\n') + 1)) as Record<string, unknown>;
      const changed = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, { newer: one }]));
      return `${entry.slice(0, entry.indexOf('\n'))}\n${JSON.stringify(changed)}`;
    },
  },
];

/** Rewrites all that Redis has of a kind. */
async function rewrite(kind: string, form: (entry: string) => string): Promise<void> {
  const keys = await cluster.redis.admin.keys(`${redisPrefix}state:${kind}:*`);
  expect(keys.length).toBeGreaterThan(0);
  for (const key of keys) {
    const entry = (await cluster.redis.admin.get(key)) ?? '';
    await cluster.redis.admin.set(key, form(entry), 'KEEPTTL');
  }
}

/** A login whose person is at the identity provider. @returns the address at which they come back */
async function goToAcme(browser: Browser): Promise<string> {
  const { redirectTo } = await intranet.request({ login_hint: 'ben' });
  const begun = await fetch(redirectTo, { redirect: 'manual' });
  browser.cookies.take(new URL(cluster.url), begun);
  return acme.authorize(begun.headers.get('location') ?? '');
}

test.each(newerForms)('a login that a newer version keeps $how is not there: the person starts again', async ({ form }) => {
  const browser = newBrowser();
  const back = await goToAcme(browser);
  await rewrite('login', form);
  const page = await browser.open(back);
  expect({ status: page.status, code: codeOn(page) }).toEqual({ status: 400, code: 'login.expired' });
  expect((await intranet.logIn(browser, { login_hint: 'ben' })).userinfo['preferred_username']).toBe('ben');
});

test.each(newerForms)('a request that a newer version keeps $how is not there: the person starts again', async ({ form }) => {
  const browser = newBrowser();
  const back = await goToAcme(browser);
  await rewrite('Interaction', form);
  const page = await browser.open(back);
  expect(page.status).toBe(400);
  expect((await intranet.logIn(browser, { login_hint: 'ben' })).userinfo['preferred_username']).toBe('ben');
});

test.each(newerForms)('a session that a newer version keeps $how is not there: the person logs in again', async ({ form }) => {
  const browser = newBrowser();
  const person = await intranet.logIn(browser, { login_hint: 'anna' });
  await rewrite('Session', form);
  const silent = await wiki.ask(browser, { prompt: 'none' });
  expect(wiki.answer(silent.page).searchParams.get('error')).toBe('login_required');
  expect((await browser.open(`${cluster.url}/account`)).status).toBeLessThan(500);
  expect((await intranet.refresh(person)).userinfo['preferred_username']).toBe('anna');
  expect((await wiki.logIn(browser, { login_hint: 'anna' })).idTokenClaims['sub']).toBe(person.idTokenClaims['sub']);
});

test('what refresh tokens stand on is not there when a newer version keeps it otherwise: the person logs in again', async () => {
  const browser = newBrowser();
  const person = await intranet.logIn(browser, { login_hint: 'anna' });
  await inDatabase("UPDATE state_entries SET value = ? WHERE kind = 'authentication'", [JSON.stringify({ version: 2, who: {} })]);
  const refreshed = await intranet.token({ grant_type: 'refresh_token', refresh_token: person.refreshToken ?? '' });
  expect({ status: refreshed.status, body: await refreshed.json() }).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  const silent = await wiki.ask(browser, { prompt: 'none' });
  expect(wiki.answer(silent.page).searchParams.get('error')).toBe('login_required');
  const again = await intranet.logIn(browser, { login_hint: 'anna' });
  expect(again.idTokenClaims['sub']).toBe(person.idTokenClaims['sub']);
  await inDatabase("UPDATE state_entries SET value = ? WHERE kind = 'RefreshToken'", [JSON.stringify({ version: 2, token: {} })]);
  expect((await intranet.token({ grant_type: 'refresh_token', refresh_token: again.refreshToken ?? '' })).status).toBe(400);
});

test('settings of a newer version are left out, with a word for who operates it, and all others work and are read', async () => {
  const config = { name: 'newer', displayName: 'Newer', enabled: true, protocol: 'wallet', wallet: { trust: ['eu'] }, homeRealms: [] };
  const columns = 'id, name, display_name, enabled, protocol, config, secrets, version, created_at, updated_at';
  await inDatabase(`INSERT INTO identity_providers (${columns}) VALUES (?, 'newer', 'Newer', 1, 'wallet', ?, '{}', 1, 0, 0)`, [
    newId(),
    JSON.stringify(config),
  ]);
  await inDatabase('UPDATE settings_revision SET revision = revision + 1');
  const line = await site.logged({ level: 'error', name: 'newer' });
  expect(line['msg']).toContain('the identity provider newer were saved by a newer version of Foyer (protocol)');
  expect((await intranet.logIn(newBrowser(), { login_hint: 'anna' })).userinfo['preferred_username']).toBe('anna');
  const admin = await site.admin();
  expect(await admin.list('/identity-providers')).toMatchObject([{ name: 'acme' }]);
  const { etag } = await admin.request('GET', '/identity-providers/acme');
  const patched = await admin.request('PATCH', '/identity-providers/acme', { displayName: 'Acme' }, etag);
  expect(patched).toMatchObject({ status: 409, body: { code: 'settings.newerVersion' } });
  // A server of this version that starts again beside newer ones.
  await site.stop();
  await site.startAgain();
  expect((await intranet.logIn(newBrowser(), { login_hint: 'anna' })).userinfo['preferred_username']).toBe('anna');
});
