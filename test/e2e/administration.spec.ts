import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Browser } from '../../apps/demo/browserless/index.js';
import { ScriptedProvider } from '../support/scripted-provider.js';
import { AdminClient } from './admin-client.js';
import { ConsoleLogin } from './console-login.js';
import { Application, applicationSettings, newBrowser, providerSettings } from './parties.js';
import { adminPassword, Site } from './site.js';
import { alive, dead, standing } from './standing.js';

let acme: ScriptedProvider;
let site: Site;
let intranet: Application;
let console: ConsoleLogin;

beforeAll(async () => {
  acme = await ScriptedProvider.start();
  site = await Site.start({
    settings: {
      identityProviders: [providerSettings('acme', acme.issuer)],
      applications: [
        applicationSettings('intranet', { identityProviders: ['acme'] }),
        applicationSettings('wiki', { identityProviders: ['acme'] }),
      ],
    },
  });
  intranet = new Application(site, 'intranet');
  console = await ConsoleLogin.prepare(site);
});
afterAll(async () => {
  await site.close();
  await acme.close();
});

/** A browser that stops before the console, which this version does not have. */
const atConsole = (): Browser => new Browser({ stopAt: ({ pathname }) => pathname === '/console/callback' });

const password = 'a-Password-of-12-or-more';

async function createUser(username: string, more: object = {}): Promise<string> {
  const { status, body } = await (await site.admin()).request('POST', '/users', { username, password, ...more });
  if (status !== 201) throw new Error(`POST /users answered ${status}: ${JSON.stringify(body)}`);
  return String(body['id']);
}

describe('a person at the console', () => {
  test('is logged in by password alone, with PKCE, and may do what the role of an owner grants', async () => {
    const browser = atConsole();
    const { page } = await console.ask(browser, 'admin');
    expect(page.forms.flatMap(({ buttons }) => buttons.map(({ label }) => label))).toEqual(['Sign in']);
    const { granted, api, refresh } = await console.logIn(browser, 'admin', 'admin', adminPassword);
    expect(granted).toEqual(['admin']);
    expect(await api.get('/users?username=admin')).toMatchObject({ total: 1, items: [{ roles: ['owner'], userStore: 'PRIMARY' }] });
    expect((await refresh()).granted).toEqual(['admin']);
  });

  test('gets no code without PKCE', async () => {
    const url = new URL(`${site.url}/oauth2/authorize`);
    const parameters = {
      client_id: 'foyer-console',
      redirect_uri: console.redirectUri,
      response_type: 'code',
      scope: 'openid',
      state: 's',
    };
    url.search = new URLSearchParams(parameters).toString();
    const page = await atConsole().open(url);
    const answer = new URL(page.redirectTo ?? '');
    expect(Object.fromEntries(answer.searchParams)).toMatchObject({ error: 'invalid_request', state: 's', iss: site.url });
  });

  test('with a narrower role gets narrower scopes, whatever is asked for, and the API holds to them', async () => {
    await createUser('auditor', { roles: ['foyer:users:read'] });
    const { granted, api } = await console.logIn(atConsole(), 'admin users:read users:write journal:read', 'auditor', password);
    expect(granted).toEqual(['users:read']);
    expect(await api.get('/users?limit=1')).toMatchObject({ total: expect.any(Number) });
    const created = await api.request('POST', '/users', { username: 'mallory' });
    expect(created).toMatchObject({ status: 403, body: { code: expect.any(String), status: 403, title: expect.any(String) } });
    expect((await api.request('GET', '/journal')).status).toBe(403);
  });

  test('loses scopes with the role at the next refresh', async () => {
    const id = await createUser('operator', { roles: ['foyer:users:read', 'foyer:logins:read'] });
    const session = await console.logIn(atConsole(), 'users:read logins:read', 'operator', password);
    expect(session.granted).toEqual(['users:read', 'logins:read']);
    const change = await (await site.admin()).patch(`/users/${id}`, { roles: ['foyer:logins:read'] });
    expect(change.status).toBe(200);
    expect((await session.refresh()).granted).toEqual(['logins:read']);
  });

  test('without any role gets no scope, and the API refuses the token', async () => {
    await createUser('nobody-special');
    const { granted, api } = await console.logIn(atConsole(), 'admin', 'nobody-special', password);
    expect(granted).toEqual([]);
    expect((await api.request('GET', '/users')).status).toBe(403);
  });

  test('is not let in by an identity provider, even with its session', async () => {
    const browser = new Browser({ stopAt: ({ host, pathname }) => host.endsWith('.example') || pathname === '/console/callback' });
    await intranet.logIn(browser);
    const { page } = await console.ask(browser, 'admin');
    expect({ redirectTo: page.redirectTo, title: page.title }).toEqual({ redirectTo: undefined, title: 'Sign in to Foyer' });
  });
});

describe('a script', () => {
  test('gets no more than it asks for', async () => {
    const api = await site.admin('users:read');
    expect((await api.request('GET', '/users')).status).toBe(200);
    expect((await api.request('POST', '/users', { username: 'x' })).status).toBe(403);
    expect((await api.request('GET', '/applications')).status).toBe(403);
  });

  test('cannot hand out what it lacks, nor touch who has it', async () => {
    const api = await site.admin('users:write');
    expect((await api.request('POST', '/users', { username: 'mallory', roles: ['owner'] })).status).toBe(403);
    const [admin] = await api.list('/users?username=admin');
    const id = String(admin?.['id']);
    expect((await api.patch(`/users/${id}`, { password: 'another-Password-12' })).status).toBe(403);
    expect((await api.patch(`/users/${id}`, { enabled: false })).status).toBe(403);
    expect(await api.get('/users?username=mallory')).toMatchObject({ total: 0 });
  });

  test('with a wrong secret, or with a token for something else, is refused', async () => {
    await expect(AdminClient.byClientCredentials(site.url, 'x'.repeat(40), 'admin')).rejects.toThrow('invalid_client');
    const { accessToken } = await intranet.logIn(newBrowser());
    for (const token of [accessToken, 'x', '']) {
      const answer = await new AdminClient(site.url, token).request('GET', '/users');
      expect(answer).toMatchObject({ status: 401, body: { status: 401, code: expect.any(String) } });
    }
  });
});

describe('at once, session, refresh token and userinfo end', () => {
  /** Somebody of the identity provider, logged in. */
  async function loggedIn(name: string) {
    acme.nextPerson = { sub: `subject-of-${name}`, claims: { preferred_username: name } };
    const browser = newBrowser();
    const person = await intranet.logIn(browser);
    return { browser, person, path: `/users/${String(person.idTokenClaims['sub'])}` };
  }

  test('when the user is disabled; nothing of another user does', async () => {
    const [anna, ben] = [await loggedIn('anna'), await loggedIn('ben')];
    expect((await (await site.admin()).patch(anna.path, { enabled: false })).status).toBe(200);
    // Her identity provider still knows her: that must not make a session again.
    acme.nextPerson = { sub: 'subject-of-anna', claims: { preferred_username: 'anna' } };
    expect(await standing(site, intranet, anna)).toEqual(dead);
    const { page } = await intranet.ask(newBrowser(), { idp_hint: 'acme' });
    expect({ status: page.status, text: page.text }).toMatchObject({ status: 403, text: expect.stringContaining('account.disabled') });
    expect(await standing(site, intranet, ben)).toEqual(alive);
  });

  test.each([
    ['locked', { locked: true }, { locked: false }],
    ['expired', { expiresAt: '2026-01-31T00:00:00Z' }, { expiresAt: null }],
  ])('when the user is %s, and nobody logs in until that is undone', async (what, change, undo) => {
    const name = `who-is-${what}`;
    const person = await loggedIn(name);
    const api = await site.admin();
    expect((await api.patch(person.path, { ...change, password })).status).toBe(200);
    expect(await standing(site, intranet, person)).toEqual(dead);
    const { page } = await intranet.ask(newBrowser());
    expect({ status: page.status, text: page.text }).toMatchObject({ status: 403, text: expect.stringContaining(`account.${what}`) });
    expect(page.text).toContain(`Your account ${what === 'locked' ? 'is locked' : 'has expired'}.`);
    const typed = { username: name, password };
    const account = newBrowser();
    const refused = await account.press(await account.open(`${site.url}/account`), 'Sign in', typed);
    expect(refused.text).toContain('do not match');
    expect((await api.patch(person.path, undo)).status).toBe(200);
    expect((await account.press(refused, 'Sign in', typed)).title).toContain('Your account');
    expect((await intranet.logIn(newBrowser())).idTokenClaims['sub']).toBe(person.person.idTokenClaims['sub']);
  });

  test('when the user is deleted, who comes back as somebody new', async () => {
    const chloe = await loggedIn('chloe');
    const api = await site.admin();
    const { etag } = await api.request('GET', chloe.path);
    expect((await api.request('DELETE', chloe.path, undefined, etag)).status).toBe(204);
    expect(await standing(site, intranet, chloe)).toEqual(dead);
    const again = await intranet.logIn(newBrowser(), { idp_hint: 'acme' });
    expect(again.idTokenClaims['sub']).not.toBe(chloe.person.idTokenClaims['sub']);
  });

  test('when the identity provider is disabled, and until it is enabled', async () => {
    const dmitri = await loggedIn('dmitri');
    const api = await site.admin();
    expect((await api.patch('/identity-providers/acme', { enabled: false })).status).toBe(200);
    expect(await standing(site, intranet, dmitri)).toEqual(dead);
    expect((await api.patch('/identity-providers/acme', { enabled: true })).status).toBe(200);
    expect((await new Application(site, 'wiki').logIn(newBrowser())).userinfo['preferred_username']).toBe('dmitri');
  });
});
