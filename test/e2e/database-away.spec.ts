import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { DurableMariadb } from '../support/durable-mariadb.js';
import { ScriptedProvider } from '../support/scripted-provider.js';
import type { AdminClient } from './admin-client.js';
import { Application, applicationSettings, codeOn, newBrowser, providerSettings } from './parties.js';
import { Site, until } from './site.js';

let acme: ScriptedProvider;
let mariadb: DurableMariadb;
let site: Site;
let intranet: Application;
let api: AdminClient;

beforeAll(async () => {
  [acme, mariadb] = await Promise.all([ScriptedProvider.start(), DurableMariadb.start('foyer')]);
  const settings = {
    identityProviders: [providerSettings('acme', acme.issuer)],
    applications: [applicationSettings('intranet', { identityProviders: ['acme'], local: false })],
  };
  const env = { FOYER_DATABASE_URL: mariadb.url, FOYER_SECRET_KEY: randomBytes(32).toString('base64url') };
  site = await Site.start({ settings, env });
  intranet = new Application(site, 'intranet');
  api = await site.admin();
}, 60_000);
afterAll(async () => {
  await site.close();
  await Promise.all([acme.close(), mariadb.close()]);
});

test('while the database is away everybody is told to try again, and all is well when it is back', async () => {
  const person = await intranet.logIn(newBrowser(), { login_hint: 'anna' });
  const browser = newBrowser();
  const { redirectTo } = await intranet.request({ login_hint: 'ben' });
  const begun = await fetch(redirectTo, { redirect: 'manual' });
  browser.cookies.take(new URL(site.url), begun);
  const back = acme.authorize(begun.headers.get('location') ?? '');

  await mariadb.kill();

  const page = await browser.open(back);
  expect({ status: page.status, code: codeOn(page) }).toEqual({ status: 503, code: 'database.unavailable' });
  const userinfo = await fetch(`${site.url}/oauth2/userinfo`, { headers: { authorization: `Bearer ${person.accessToken}` } });
  expect({ status: userinfo.status, body: await userinfo.json() }).toMatchObject({
    status: 503,
    body: { error: 'temporarily_unavailable' },
  });
  expect(userinfo.headers.get('retry-after')).toBe('5');
  expect(await api.request('GET', '/users')).toMatchObject({ status: 503, body: { code: 'database.unavailable' } });

  await mariadb.startAgain();

  await until('the server is ready again', async () => (await fetch(`${site.url}/health/ready`)).ok);
  expect((await intranet.logIn(newBrowser(), { login_hint: 'ben' })).userinfo['preferred_username']).toBe('ben');
  expect((await intranet.logIn(newBrowser(), { login_hint: 'anna' })).idTokenClaims['sub']).toBe(person.idTokenClaims['sub']);
}, 60_000);
