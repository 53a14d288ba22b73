import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePorts } from '../../apps/demo/ports.js';
import { ScriptedProvider } from '../support/scripted-provider.js';
import { Application, applicationSettings, loginIdOn, newBrowser, providerSettings } from './parties.js';
import { Site } from './site.js';

let idp: ScriptedProvider;
let site: Site;

beforeAll(async () => {
  idp = await ScriptedProvider.start(0, (hint) => ({
    sub: `subject-of-${hint}`,
    claims: { preferred_username: hint, email: `${hint}@acme.example`, given_name: 'Anna', salary: 7 },
  }));
  const nobody = `mysql://foyer@127.0.0.1:${await freePorts()}/corp`;
  const oidc = { issuer: idp.issuer, clientId: 'foyer', clientSecret: 'secret of Foyer', forward: ['login_hint'] };
  const provider = (name: string, jit: object): object => providerSettings(name, idp.issuer, { oidc, jit });
  site = await Site.start({
    settings: {
      userStores: [
        { domain: 'PRIMARY', type: 'sql' },
        { domain: 'CORP', type: 'sql', sql: { url: nobody, timeoutMs: 500 } },
      ],
      identityProviders: [
        provider('visitors', { enabled: false }),
        provider('strict', { enabled: true, userStore: 'CORP', onFailure: 'deny' }),
        provider('lenient', { enabled: true, userStore: 'CORP', onFailure: 'admit' }),
        provider('primary', { enabled: true }),
      ],
      applications: [
        applicationSettings('intranet', { identityProviders: ['visitors', 'strict', 'lenient', 'primary'] }),
        applicationSettings('audit', { identityProviders: ['visitors'] }, { claims: { requested: ['external_sub', 'idp'] } }),
      ],
    },
  });
});
afterAll(async () => {
  await site.close();
  await idp.close();
});

test('with JIT off the application gets the mapped claims under a subject that Foyer minted, and no account is kept', async () => {
  const intranet = new Application(site, 'intranet');
  const first = await intranet.logIn(newBrowser(), { idp_hint: 'visitors', login_hint: 'anna' });
  const { sub, ...claims } = first.userinfo;
  expect(sub).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  expect(claims).toEqual({ email: 'anna@acme.example', email_verified: false, given_name: 'Anna' });
  expect((await intranet.refresh(first)).userinfo['sub']).toBe(sub);
  const browser = newBrowser();
  const again = await intranet.logIn(browser, { idp_hint: 'visitors', login_hint: 'anna' });
  expect(again.idTokenClaims['sub']).toBe(sub);
  const other = await intranet.logIn(newBrowser(), { idp_hint: 'visitors', login_hint: 'ben' });
  expect(other.idTokenClaims['sub']).not.toBe(sub);

  const audit = await new Application(site, 'audit', 'openid').logIn(newBrowser(), { login_hint: 'anna' });
  expect(audit.userinfo).toEqual({ sub, external_sub: 'subject-of-anna', idp: 'visitors' });

  const api = await site.admin();
  expect(await api.get('/users?username=anna')).toMatchObject({ total: 0 });
  expect((await api.request('GET', `/users/${String(sub)}`)).status).toBe(404);
  const account = await browser.open(`${site.url}/account`);
  expect({ status: account.status, text: account.text }).toMatchObject({
    status: 200,
    text: expect.stringContaining('No account is kept for you here'),
  });
});

test('a store that is down denies the login by default, with a page, and says so in the journal; other stores do not notice', async () => {
  const intranet = new Application(site, 'intranet');
  const browser = newBrowser();
  const { page, pending } = await intranet.ask(browser, { idp_hint: 'strict', login_hint: 'chloe' });
  const loginId = loginIdOn(page);
  expect({ status: page.status, text: page.text }).toMatchObject({
    status: 403,
    text: expect.stringContaining('is kept is not available'),
  });
  expect(page.body).not.toMatch(/ECONNREFUSED|mysql|127\.0\.0\.1/);
  const api = await site.admin();
  expect(await api.get(`/logins/${loginId}`)).toMatchObject({ outcome: 'denied', step: 'provision', code: 'store.unavailable' });
  expect(await api.get(`/journal?loginId=${loginId}`)).toMatchObject({ total: 1, items: [{ outcome: 'failed' }] });
  const answer = intranet.answer(await browser.press(page, 'Back to The intranet'));
  expect(Object.fromEntries(answer.searchParams)).toMatchObject({ error: 'access_denied', state: pending.state, iss: site.url });

  const person = await intranet.logIn(newBrowser(), { idp_hint: 'primary', login_hint: 'dmitri' });
  expect(person.userinfo['preferred_username']).toBe('dmitri');
});

test('a store that is down admits the login where the settings say so, under the same subject each time', async () => {
  const intranet = new Application(site, 'intranet');
  const first = await intranet.logIn(newBrowser(), { idp_hint: 'lenient', login_hint: 'yuki' });
  expect(first.userinfo).toMatchObject({ email: 'yuki@acme.example', given_name: 'Anna' });
  const again = await intranet.logIn(newBrowser(), { idp_hint: 'lenient', login_hint: 'yuki' });
  expect(again.idTokenClaims['sub']).toBe(first.idTokenClaims['sub']);
  const api = await site.admin();
  expect(await api.get('/users?username=yuki')).toMatchObject({ total: 0 });
  expect(await api.get('/journal?identityProvider=lenient')).toMatchObject({
    total: 2,
    items: [{ outcome: 'admit' }, { outcome: 'admit' }],
  });
});
