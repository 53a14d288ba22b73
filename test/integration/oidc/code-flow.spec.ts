import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { anna, application, authorize, logIn, newBrowser, openWorld, type OidcWorld } from './world.js';

const folder = mkdtempSync(join(tmpdir(), 'foyer-oidc-'));
const intranet = application(
  'intranet',
  {},
  { claims: { requested: ['department', 'idp', 'external_sub'], mandatory: [], idToken: ['department'] } },
);
const taken = ['sub', 'iss', 'nonce', 'aud', 'acr', 'email', 'email_verified', 'roles', 'external_sub'];
const greedy = application('greedy', {}, { claims: { requested: taken, mandatory: [], idToken: taken } });
const wiki = application('wiki', { clientAuthentication: 'client_secret_post', idTokenAlg: 'ES256' });
const spa = application('spa', { clientAuthentication: 'none', clientSecret: undefined, idTokenAlg: 'EdDSA' });
const themed = application('themed', {}, { theme: 'ours' });
const callback = (name: string): string => `https://${name}.example/callback`;
let world: OidcWorld;

beforeAll(async () => {
  world = await openWorld({ folder, applications: () => [intranet, wiki, spa, greedy, themed] });
});
beforeEach(() => {
  world.logins.next = {};
  world.logins.mayOpen = true;
  world.logins.requests.length = 0;
  world.accounts.set(anna.userId, { ...anna, emailVerifiedByIdp: true });
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a login', () => {
  test('gives tokens about the person, and userinfo what scopes and settings release', async () => {
    const rp = await world.discover(intranet.oidc);
    const { tokens, back } = await logIn(rp, callback('intranet'));
    expect(back.searchParams.get('iss')).toBe(world.publicUrl);
    expect(tokens.claims()).toMatchObject({
      sub: anna.userId,
      acr: 'gold',
      amr: ['pwd'],
      department: 'sales',
      auth_time: expect.any(Number),
    });
    expect(tokens.claims()).not.toHaveProperty('email');
    expect(await client.fetchUserInfo(rp, tokens.access_token, anna.userId)).toEqual({
      ...{ sub: anna.userId, given_name: 'Anna', family_name: 'Berg', preferred_username: 'anna', updated_at: 5 },
      ...{ email: 'anna@acme.example', email_verified: true, department: 'sales', idp: 'acme', external_sub: 'ext-anna' },
    });
    expect(tokens.refresh_token).toBeUndefined();
  });

  test.each([wiki, spa])('works for $oidc.clientAuthentication, signed with $oidc.idTokenAlg', async ({ name, oidc }) => {
    const { tokens } = await logIn(await world.discover(oidc), callback(name));
    expect(tokens.claims()?.sub).toBe(anna.userId);
  });

  test('tells the login flow what the application wants', async () => {
    const rp = await world.discover(intranet.oidc);
    await authorize(rp, callback('intranet'), {
      prompt: 'login',
      login_hint: 'anna',
      acr_values: 'gold',
      idp_hint: 'acme',
      ui_locales: 'sv en',
    });
    const now = Date.now() / 1000;
    expect(world.logins.requests).toEqual([
      expect.objectContaining({
        ...{ application: 'intranet', identityProviderHint: 'acme', uiLocales: ['sv', 'en'] },
        forward: { prompt: 'login', loginHint: 'anna', acrValues: 'gold', maxAge: undefined },
      }),
    ]);
    expect(Math.abs((world.logins.requests[0]?.authenticatedSince ?? 0) - now)).toBeLessThan(5);
  });

  test('that fails gives the application the error, with state and iss', async () => {
    world.logins.next = { error: 'access_denied' };
    const { back, checks } = await authorize(await world.discover(intranet.oidc), callback('intranet'));
    expect(Object.fromEntries(back?.searchParams ?? [])).toEqual({
      error: 'access_denied',
      error_description: 'not today',
      state: checks.expectedState,
      iss: world.publicUrl,
    });
  });

  test('releases in the ID token what the claims parameter asks for there, and nothing that is not allowed', async () => {
    const rp = await world.discover(intranet.oidc);
    const { tokens } = await logIn(rp, callback('intranet'), { claims: JSON.stringify({ id_token: { email: null, roles: null } }) });
    expect(tokens.claims()).toMatchObject({ email: 'anna@acme.example' });
    expect(tokens.claims()).not.toHaveProperty('roles');
  });

  test('calls an e-mail address verified only if its identity provider did', async () => {
    world.accounts.set(anna.userId, anna);
    const rp = await world.discover(intranet.oidc);
    const { tokens } = await logIn(rp, callback('intranet'));
    expect(await client.fetchUserInfo(rp, tokens.access_token, anna.userId)).toMatchObject({ email_verified: false });
  });
});

describe('single sign-on', () => {
  test('opens a second application without a login, and prompt=none works', async () => {
    const { browser } = await logIn(await world.discover(intranet.oidc), callback('intranet'));
    const { tokens } = await logIn(await world.discover(wiki.oidc), callback('wiki'), { prompt: 'none' }, browser);
    expect(tokens.claims()?.sub).toBe(anna.userId);
    expect(world.logins.requests).toHaveLength(1);
  });

  test('prompt=none without a session is an error at once', async () => {
    const { back } = await authorize(await world.discover(intranet.oidc), callback('intranet'), { prompt: 'none' });
    expect(back?.searchParams.get('error')).toBe('login_required');
    expect(world.logins.requests).toHaveLength(0);
  });

  test.each([
    ['the application does not allow the way in', () => void (world.logins.mayOpen = false)],
    ['the account is disabled', () => void world.accounts.set(anna.userId, { ...anna, enabled: false })],
    ['the account is gone', () => void world.accounts.delete(anna.userId)],
  ])('asks for a login again when %s', async (_why, change) => {
    const rp = await world.discover(intranet.oidc);
    const { browser } = await logIn(rp, callback('intranet'));
    change();
    const { back } = await authorize(rp, callback('intranet'), { prompt: 'none' }, browser);
    expect(back?.searchParams.get('error')).toBe('login_required');
  });

  test('max_age asks again for a login that is too old, or of an unproven time', async () => {
    const rp = await world.discover(intranet.oidc);
    world.logins.next = { authTime: Math.floor(Date.now() / 1000) - 500 };
    const { browser } = await logIn(rp, callback('intranet'));
    expect(
      (await authorize(rp, callback('intranet'), { max_age: '1000', prompt: 'none' }, browser)).back?.searchParams.get('code'),
    ).toBeTruthy();
    expect((await authorize(rp, callback('intranet'), { max_age: '100', prompt: 'none' }, browser)).back?.searchParams.get('error')).toBe(
      'login_required',
    );
    world.logins.next = { authTimeProven: false };
    const other = await logIn(rp, callback('intranet'));
    expect(
      (await authorize(rp, callback('intranet'), { max_age: '1000', prompt: 'none' }, other.browser)).back?.searchParams.get('error'),
    ).toBe('login_required');
  });

  test.each([
    ['a class of authentication', { acr: { essential: true, value: 'platinum' } }, 'unmet_authentication_requirements'],
    ['one of several classes', { acr: { essential: true, values: ['platinum', 'iridium'] } }, 'unmet_authentication_requirements'],
    ['a certain person', { sub: { value: 'somebody-else' } }, 'login_required'],
  ])('that does not bring %s which the request insists on ends with an error, not in circles', async (_, wanted, error) => {
    const { back } = await authorize(await world.discover(intranet.oidc), callback('intranet'), {
      claims: JSON.stringify({ id_token: wanted }),
    });
    expect(Object.fromEntries(back?.searchParams ?? [])).toMatchObject({ error, iss: world.publicUrl });
    expect(world.logins.requests).toHaveLength(1);
  });

  test('gives no attribute the place of a claim of the protocol', async () => {
    const attributes = {
      ...anna.attributes,
      sub: 'evil',
      iss: 'evil',
      nonce: 'evil',
      email_verified: true,
      roles: ['owner'],
      external_sub: 'evil',
    };
    world.accounts.set(anna.userId, { ...anna, attributes });
    const rp = await world.discover(greedy.oidc);
    const { tokens } = await logIn(rp, callback('greedy'));
    const told = { sub: anna.userId, email_verified: false, roles: ['developer'], external_sub: 'ext-anna' };
    expect(tokens.claims()).toMatchObject({ ...told, iss: world.publicUrl });
    const userinfo = await client.fetchUserInfo(rp, tokens.access_token, anna.userId);
    expect(userinfo).toMatchObject({ ...told, email: 'anna@acme.example' });
    expect(JSON.stringify([tokens.claims(), userinfo])).not.toContain('evil');
  });

  test('somebody else in the same browser gets a session of their own, without a form in between', async () => {
    const rp = await world.discover(intranet.oidc);
    const { browser, tokens } = await logIn(rp, callback('intranet'));
    world.accounts.set('user-bob', { ...anna, userId: 'user-bob', username: 'bob' });
    world.logins.next = { subject: 'user-bob' };
    const bob = await logIn(rp, callback('intranet'), { prompt: 'login' }, browser);
    expect(bob.tokens.claims()?.sub).toBe('user-bob');
    await expect(client.fetchUserInfo(rp, tokens.access_token, anna.userId)).rejects.toMatchObject({ status: 401 });
    const session = await world.sessions.current(browser.cookies.header(new URL(world.publicUrl)));
    expect(session?.subject).toBe('user-bob');
    expect((await world.sessions.listOf(anna.userId)).map(({ sessionId }) => sessionId)).not.toContain(session?.sessionId);
  });
});

describe('requests that are refused', () => {
  test.each([
    ['an unknown client', { client_id: 'nobody' }],
    ['an unregistered redirect URI', { redirect_uri: 'https://intranet.example/callback/' }],
  ])('%s: a page, 400, and no redirect', async (_why, parameters) => {
    const { page, back } = await authorize(await world.discover(intranet.oidc), callback('intranet'), parameters);
    expect(back).toBeUndefined();
    expect(page.status).toBe(400);
    expect(page.title).toBe('Sign-in problem');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  test('are told in the language that they ask for, in the theme of the application', async () => {
    mkdirSync(join(folder, 'themes/ours/templates'), { recursive: true });
    writeFileSync(join(folder, 'themes/ours/templates/layout.hbs'), '<title>{{t title}}</title>ours {{body}}');
    const wrong = { redirect_uri: 'https://themed.example/elsewhere', ui_locales: 'sv fr-CA' };
    const { page } = await authorize(await world.discover(themed.oidc), callback('themed'), wrong);
    expect([page.status, page.title, page.headers.get('content-language')]).toEqual([400, 'Problème de connexion', 'fr']);
    expect(page.text).toContain('ours');
    expect(page.headers.get('vary')).toMatch(/accept-language/i);
    const bare = await fetch(`${world.publicUrl}/oauth2/authorize?client_id=nobody`, { headers: { 'accept-language': 'ja' } });
    expect(await bare.text()).toContain('<title>サインインの問題</title>');
  });

  test.each([
    ['no PKCE', { code_challenge: '', code_challenge_method: '' }],
    ['plain PKCE', { code_challenge_method: 'plain' }],
  ])('a public client with %s', async (_why, parameters) => {
    const { back } = await authorize(await world.discover(spa.oidc), callback('spa'), parameters);
    expect(back?.searchParams.get('error')).toBe('invalid_request');
  });

  test('an answer in a browser that did not ask', async () => {
    const { page } = await authorize(await world.discover(intranet.oidc), callback('intranet'));
    expect(page.redirectTo).toBeDefined();
    const resumed = await newBrowser().open(`${world.publicUrl}/oauth2/authorize/${world.logins.requests[0]?.correlation}`);
    expect(resumed.status).toBe(400);
  });

  test('everything else goes on to the next handler', async () => {
    expect((await fetch(`${world.publicUrl}/account`)).status).toBe(404);
  });
});
