import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from '../../apps/demo/browserless/index.js';
import { ScriptedProvider } from '../support/scripted-provider.js';
import { jsonObject } from './admin-client.js';
import { Application, applicationSettings, codeOn, loginIdOn, newBrowser, providerSettings } from './parties.js';
import { Site } from './site.js';

let acme: ScriptedProvider;
let globex: ScriptedProvider;
let site: Site;
/** Opened by acme alone. */
let intranet: Application;
/** Opened by globex alone. */
let shop: Application;
/** Opened by both, and by a password. */
let portal: Application;

beforeAll(async () => {
  [acme, globex] = [await ScriptedProvider.start(), await ScriptedProvider.start()];
  site = await Site.start({
    settings: {
      identityProviders: [providerSettings('acme', acme.issuer), providerSettings('globex', globex.issuer)],
      applications: [
        applicationSettings('intranet', { identityProviders: ['acme'] }),
        applicationSettings('shop', { identityProviders: ['globex'] }),
        applicationSettings('portal', { identityProviders: ['acme', 'globex'], local: true }),
      ],
    },
  });
  intranet = new Application(site, 'intranet');
  shop = new Application(site, 'shop');
  portal = new Application(site, 'portal');
});
afterAll(async () => {
  await site.close();
  await Promise.all([acme.close(), globex.close()]);
});

/** The value of one of Foyer's counters. */
async function counted(counter: string): Promise<number> {
  const text = await (await fetch(`${site.url}/metrics`)).text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(counter));
  return Number(line?.split(' ').at(-1) ?? 0);
}

/** A login up to where the identity provider sends the browser back: the address is not opened yet. */
async function returning(browser: Browser): Promise<{ back: URL; pending: Awaited<ReturnType<Application['request']>>['pending'] }> {
  const { redirectTo, pending } = await intranet.request();
  const response = await fetch(redirectTo, { redirect: 'manual' });
  browser.cookies.take(new URL(site.url), response);
  return { back: new URL(acme.authorize(response.headers.get('location') ?? '')), pending };
}

describe('an answer of an identity provider', () => {
  test('in another browser is refused, logged and counted, and the login goes on where it began', async () => {
    const counter = 'foyer_login_requests_refused_total{code="login.otherBrowser"}';
    const before = await counted(counter);
    const [victim, attacker] = [newBrowser(), newBrowser()];
    const { back, pending } = await returning(attacker);
    const refused = await victim.open(back);
    expect({ status: refused.status, code: codeOn(refused) }).toEqual({ status: 400, code: 'login.otherBrowser' });
    expect(victim.cookies.names(site.url)).toEqual([]);
    expect(await site.logged({ loginId: loginIdOn(refused) })).toMatchObject({ level: 'warn', code: 'login.otherBrowser' });
    expect(await counted(counter)).toBe(before + 1);
    const person = await intranet.redeem({ page: await attacker.open(back), pending });
    expect(person.userinfo['preferred_username']).toEqual(expect.any(String));
  });

  test('with a tampered cookie is refused', async () => {
    const browser = newBrowser();
    const { back } = await returning(browser);
    for (const name of browser.cookies.names(site.url).filter((each) => each.includes('foyer_login'))) {
      const value = browser.cookies.get(site.url, name) ?? '';
      browser.cookies.set(site.url, name, `${value.startsWith('A') ? 'B' : 'A'}${value.slice(1)}`);
    }
    expect(codeOn(await browser.open(back))).toBe('login.otherBrowser');
  });

  test('answers the application’s own request, also when the cookie of another one was planted', async () => {
    const victim = newBrowser();
    const { back, pending } = await returning(victim);
    const planted = await fetch((await intranet.request()).redirectTo, { redirect: 'manual' });
    const resume = /^(foyer_resume)=([^;]+)/m.exec(planted.headers.getSetCookie().join('\n'));
    victim.cookies.set(site.url, resume?.[1] ?? '', resume?.[2] ?? '');
    const page = await victim.open(back);
    expect(page.redirectTo).toMatch(/^https:\/\/intranet\.example\/callback\?/);
    expect((await intranet.redeem({ page, pending })).idTokenClaims['iss']).toBe(site.url);
    expect(victim.cookies.names(site.url).filter((name) => name.startsWith('foyer_login'))).toEqual([]);
  });

  test('at the address of another identity provider is refused, and the right address still works', async () => {
    const browser = newBrowser();
    const { back, pending } = await returning(browser);
    const mixedUp = new URL(back);
    mixedUp.pathname = '/federation/oidc/callback/globex';
    expect(codeOn(await browser.open(mixedUp))).toBe('login.otherProvider');
    mixedUp.pathname = '/federation/oidc/callback/nobody';
    expect(codeOn(await browser.open(mixedUp))).toBe('login.otherProvider');
    expect((await intranet.redeem({ page: await browser.open(back), pending })).idTokenClaims['iss']).toBe(site.url);
  });
});

describe('a browser is never sent to', () => {
  const evil = 'https://evil.example/';

  test.each([
    ['an address that is not registered', evil, 'intranet'],
    ['a registered address with more behind it', 'https://intranet.example/callback/../evil', 'intranet'],
    ['a registered address with a query', 'https://intranet.example/callback?next=https://evil.example/', 'intranet'],
    ['a registered address with another scheme', 'http://intranet.example/callback', 'intranet'],
    ['a registered host as user name', 'https://intranet.example@evil.example/callback', 'intranet'],
    ['a subdomain of a registered host', 'https://intranet.example.evil.example/callback', 'intranet'],
    ['the address of another application', 'https://shop.example/callback', 'intranet'],
    ['a script', 'javascript:alert(1)', 'intranet'],
    ['where an unknown application wants', evil, 'unknown'],
  ])('%s', async (_, redirectUri, client) => {
    const { redirectTo } = await intranet.request();
    const url = new URL(redirectTo);
    url.searchParams.set('client_id', client);
    url.searchParams.set('redirect_uri', redirectUri);
    const page = await newBrowser().open(url);
    expect({ status: page.status, redirectTo: page.redirectTo }).toEqual({ status: 400, redirectTo: undefined });
    const error = client === 'unknown' ? 'invalid_client' : 'invalid_redirect_uri';
    expect(codeOn(page)).toBe(`oidc.${error}`);
    await site.logged({ msg: 'Request refused', error });
    expect(
      [...page.links.map(({ href }) => href), ...page.forms.map(({ action }) => action)].filter((to) => !to.startsWith(site.url)),
    ).toEqual([]);
  });

  const names = [
    'redirect_uri',
    'post_logout_redirect_uri',
    'returnTo',
    'return',
    'next',
    'url',
    'continue',
    'target',
    'RelayState',
    'iss',
    'issuer',
  ];
  const everywhere = new URLSearchParams(Object.fromEntries(names.map((name) => [name, evil])));

  test.each([
    '/account',
    '/account/callback',
    '/login/signed-out',
    '/oauth2/logout',
    '/oauth2/authorize',
    '/federation/oidc/callback/acme',
    `/login/${'0'.repeat(36)}`,
    '/\\evil.example',
    '//evil.example',
    '/login//evil.example/',
  ])('where the parameters of %s say', async (path) => {
    const browser = newBrowser();
    await portal.ask(browser, { idp_hint: 'acme' });
    const cookie = browser.cookies.header(new URL(site.url)) ?? '';
    const response = await fetch(`${site.url}${path}?${everywhere.toString()}`, { redirect: 'manual', headers: { cookie } });
    const location = response.headers.get('location');
    expect(new URL(location ?? '/', site.url).origin).toBe(site.url);
    expect(await response.text()).not.toMatch(/(?:href|action|src|content)="?[^">]*evil\.example/);
  });
});

/** @returns `200`, or the OAuth error */
async function outcome(response: Response): Promise<unknown> {
  const answer = await jsonObject(response);
  return response.status === 200 ? 200 : answer['error'];
}

describe('replayed', () => {
  test('of 20 redemptions of one code at once one succeeds, and what it gave is taken back', async () => {
    const { page, pending } = await intranet.ask(newBrowser());
    const code = intranet.answer(page).searchParams.get('code') ?? '';
    const form = { grant_type: 'authorization_code', code, redirect_uri: intranet.redirectUri, code_verifier: pending.codeVerifier };
    const responses = await Promise.all(Array.from({ length: 20 }, () => intranet.token(form)));
    const [won, ...others] = responses.toSorted((one, other) => one.status - other.status);
    expect(await Promise.all(others.map(outcome))).toEqual(Array.from({ length: 19 }, () => 'invalid_grant'));
    const tokens = won ? await jsonObject(won) : {};
    expect(tokens).toMatchObject({ access_token: expect.any(String), refresh_token: expect.any(String) });
    const userinfo = await fetch(`${site.url}/oauth2/userinfo`, { headers: { authorization: `Bearer ${String(tokens['access_token'])}` } });
    expect(userinfo.status).toBe(401);
    expect(await outcome(await intranet.token({ grant_type: 'refresh_token', refresh_token: String(tokens['refresh_token']) }))).toBe(
      'invalid_grant',
    );
  });

  test('a refresh token ends everything that came of it', async () => {
    const person = await intranet.logIn(newBrowser());
    const renewed = await intranet.refresh(person);
    expect(renewed.refreshToken).not.toBe(person.refreshToken);
    const again = (refreshToken = ''): Promise<Response> => intranet.token({ grant_type: 'refresh_token', refresh_token: refreshToken });
    expect(await outcome(await again(person.refreshToken))).toBe('invalid_grant');
    expect(await outcome(await again(renewed.refreshToken))).toBe('invalid_grant');
    const userinfo = await fetch(`${site.url}/oauth2/userinfo`, { headers: { authorization: `Bearer ${renewed.accessToken}` } });
    expect(userinfo.status).toBe(401);
  });

  test('a code of one application is worth nothing to another', async () => {
    const { page, pending } = await intranet.ask(newBrowser());
    const code = intranet.answer(page).searchParams.get('code') ?? '';
    const form = { grant_type: 'authorization_code', code, redirect_uri: intranet.redirectUri, code_verifier: pending.codeVerifier };
    expect(await outcome(await shop.token(form))).toBe('invalid_grant');
  });
});

describe('a form that another site sends changes nothing:', () => {
  test.each(['choose', 'password', 'return'])('%s of a login', async (action) => {
    const browser = newBrowser();
    const asked = await portal.ask(browser);
    const values = { provider: 'acme', username: 'admin', password: 'x' };
    const form = { method: 'POST', action: `${asked.page.url}/${action}`, fields: {}, buttons: [] } as const;
    for (const csrf of [undefined, '', 'x'.repeat(43)]) {
      const page = await browser.submit(form, { ...values, ...(csrf !== undefined && { csrf }) });
      expect({ status: page.status, code: codeOn(page), redirectTo: page.redirectTo }).toEqual({
        status: 400,
        code: 'login.csrf',
        redirectTo: undefined,
      });
    }
    const chosen = await browser.press(asked.page, 'Continue with acme Ltd');
    expect((await portal.redeem({ ...asked, page: chosen })).idTokenClaims['iss']).toBe(site.url);
  });

  test('the token of one login does not open the forms of another', async () => {
    const browser = newBrowser();
    const [one, other] = [await portal.ask(browser), await portal.ask(browser)];
    const { fields } = one.page.form('Continue with acme Ltd');
    const page = await browser.submit(other.page.form('Continue with acme Ltd'), { ...fields, provider: 'acme' });
    expect(codeOn(page)).toBe('login.csrf');
  });

  test.each(['sign-out', 'sessions/end', 'sessions/end-all'])('%s of an account', async (action) => {
    const browser = newBrowser();
    await portal.logIn(browser, { idp_hint: 'acme' });
    await browser.open(`${site.url}/account`);
    const form = { method: 'POST', action: `${site.url}/account/${action}`, fields: {}, buttons: [] } as const;
    expect(codeOn(await browser.submit(form, { csrf: 'x'.repeat(43) }))).toBe('login.csrf');
    expect((await browser.open(`${site.url}/account`)).title).toContain('Your account');
  });

  test('signing out', async () => {
    const browser = newBrowser();
    await portal.logIn(browser, { idp_hint: 'acme' });
    const asked = await browser.open(`${site.url}/oauth2/logout`);
    const forged = await browser.submit(asked.form('Sign out'), { xsrf: 'forged', logout: 'yes' });
    expect(forged.status).toBe(400);
    expect((await browser.open(`${site.url}/account`)).title).toContain('Your account');
  });
});

describe('which identity provider may open which application', () => {
  test('a session of one that is not allowed does not count: the person logs in again, with one that is', async () => {
    const browser = newBrowser();
    await intranet.logIn(browser);
    const before = globex.requests.length;
    const person = await shop.logIn(browser);
    expect(globex.requests.slice(before).some(({ path }) => path === '/authorize')).toBe(true);
    const api = await site.admin();
    expect(await api.get(`/users/${String(person.idTokenClaims['sub'])}`)).toMatchObject({ links: [{ identityProvider: 'globex' }] });
    const { page } = await shop.ask(newBrowser(), { prompt: 'none' });
    expect(shop.answer(page).searchParams.get('error')).toBe('login_required');
  });

  test('with prompt=none such a session is an error at once, with state and iss', async () => {
    const browser = newBrowser();
    await intranet.logIn(browser);
    const { page, pending } = await shop.ask(browser, { prompt: 'none' });
    const answer = Object.fromEntries(shop.answer(page).searchParams);
    expect(answer).toMatchObject({ error: 'login_required', state: pending.state, iss: site.url });
  });

  test('an allowed session opens the next application without a question', async () => {
    const browser = newBrowser();
    const first = await intranet.logIn(browser);
    const before = acme.requests.length;
    expect((await portal.logIn(browser)).idTokenClaims['sub']).toBe(first.idTokenClaims['sub']);
    expect(acme.requests.length).toBe(before);
  });

  test.each(['acme', 'unknown', '../acme', 'globex '])('a hint at %s, which the application does not allow, is ignored', async (hint) => {
    const before = acme.requests.length;
    const person = await shop.logIn(newBrowser(), { idp_hint: hint });
    expect(person.idTokenClaims['iss']).toBe(site.url);
    expect(acme.requests.length).toBe(before);
  });

  test('a forged choice of one that is not allowed shows the page again', async () => {
    const browser = newBrowser();
    const { page } = await portal.ask(browser);
    const again = await browser.submit(page.form('Continue with acme Ltd'), { provider: 'unknown' });
    expect({ status: again.status, title: again.title }).toEqual({ status: 200, title: page.title });
  });
});

test('a session cookie that was made up is no session', async () => {
  const browser = newBrowser();
  await intranet.logIn(browser);
  const session = browser.cookies.names(site.url).filter((name) => name.includes('session'));
  expect(session).not.toEqual([]);
  for (const name of session) browser.cookies.set(site.url, name, 'x'.repeat(43));
  const { page } = await intranet.ask(browser, { prompt: 'none' });
  expect(intranet.answer(page).searchParams.get('error')).toBe('login_required');
});
