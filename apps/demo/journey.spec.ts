import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startApplication, type Application } from './application/index.js';
import { Browser, type BrowserPage } from './browserless/index.js';
import { freePorts } from './ports.js';
import { people, startIdentityProvider, type IdentityProvider, type Person } from './identity-provider/index.js';

/** Straight to the identity provider, without Foyer: the two ends of the demo work with each other and with anything else that is standard. */
let application: Application;
let provider: IdentityProvider;
let staff: Person[];

const client = {
  client_id: 'app',
  client_secret: 'a-secret-of-the-application',
  client_name: 'The application',
  grant_types: ['authorization_code', 'refresh_token'],
};

async function start(claimsIn: 'userinfo' | 'idToken' = 'userinfo'): Promise<void> {
  const port = await freePorts(2);
  staff = [...people];
  application = await startApplication({
    port,
    foyerIssuer: `http://localhost:${port + 1}`,
    clientId: client.client_id,
    clientSecret: client.client_secret,
    scope: 'openid profile email groups',
  });
  const registration = {
    ...client,
    redirect_uris: [application.redirectUri],
    post_logout_redirect_uris: [application.postLogoutRedirectUri],
  };
  provider = await startIdentityProvider({ port: port + 1, clients: [registration], people: staff, claimsIn });
}

beforeEach(() => start());
afterEach(() => Promise.all([application.close(), provider.close()]));

async function logIn(browser: Browser, username: string, query = ''): Promise<BrowserPage> {
  const form = await browser.open(`${application.url}/login${query}`);
  return browser.press(form, 'Log in', { username, password: `${username}-pass` });
}

async function claims(
  browser: Browser,
): Promise<{ idToken: Record<string, unknown>; userinfo: Record<string, unknown>; refreshes: number }> {
  return (await browser.open(`${application.url}/claims.json`)).json() as never;
}

test('somebody logs in, and the application shows who it is', async () => {
  const browser = new Browser();
  const welcome = await browser.open(application.url);
  const form = await browser.click(welcome, 'Log in');
  expect(form.text).toContain('to go on to The application');
  expect(form.headers.get('content-security-policy')).toContain("default-src 'none'");

  const shown = await browser.press(form, 'Log in', { username: 'chloe', password: 'chloe-pass' });
  expect(shown).toMatchObject({ url: `${application.url}/`, status: 200, title: 'Hello Chloé Dubois · Demo application' });
  const { idToken, userinfo } = await claims(browser);
  expect(idToken).toMatchObject({
    iss: provider.issuer,
    aud: 'app',
    sub: 'demo-chloe',
    amr: ['pwd'],
    acr: expect.any(String),
    auth_time: expect.any(Number),
  });
  expect(idToken).not.toHaveProperty('email');
  expect(userinfo).toMatchObject({
    given_name: 'Chloé',
    email: 'chloe@example.org',
    email_verified: true,
    department: 'finance',
    locale: 'fr-FR',
  });
  expect(userinfo['groups']).toEqual(['finance', 'staff', 'managers']);
  expect(browser.history.find(({ url }) => url.startsWith(application.redirectUri))?.url).toContain(
    `iss=${encodeURIComponent(provider.issuer)}`,
  );
});

test('claims stand in the ID token when the provider is told so', async () => {
  await Promise.all([application.close(), provider.close()]);
  await start('idToken');
  const browser = new Browser();
  await logIn(browser, 'ben');
  expect((await claims(browser)).idToken).toMatchObject({ preferred_username: 'ben', email: 'ben@example.org' });
});

test('a wrong password leads back to the form, with the username in it', async () => {
  const browser = new Browser();
  const form = await browser.open(`${application.url}/login`);
  const again = await browser.press(form, 'Log in', { username: '"><b>ben', password: 'guess' });
  expect(again.status).toBe(401);
  expect(again.text).toContain('do not belong together');
  expect(again.form('Log in').fields['username']).toBe('"><b>ben');
  const shown = await browser.press(again, 'Log in', { username: 'ben', password: 'ben-pass' });
  expect(shown.title).toContain('Hello Ben Okafor');
});

test('who cancels is told kindly, with the OAuth error', async () => {
  const browser = new Browser();
  const form = await browser.open(`${application.url}/login`);
  const problem = await browser.press(form, 'Cancel');
  expect(problem.status).toBe(400);
  expect(problem.text).toContain('you cancelled');
  expect(problem.text).toContain('access_denied');
});

test('the provider remembers its people, unless a login is asked for', async () => {
  const browser = new Browser();
  await logIn(browser, 'anna');
  const silent = await browser.open(`${application.url}/login`);
  expect(silent.title).toContain('Hello Anna');

  const asked = await browser.open(`${application.url}/login?prompt=login&login_hint=yuki`);
  expect(asked.form('Log in').fields['username']).toBe('yuki');
  // The provider first ends what Anna had here, by a page that sends itself where scripts run.
  const leaving = await browser.press(asked, 'Log in', { username: 'yuki', password: 'yuki-pass' });
  const other = await browser.press(leaving, 'Continue');
  expect(other.title).toContain('Hello 由紀 田中');
});

test('max_age is proven by auth_time', async () => {
  const browser = new Browser();
  await logIn(browser, 'anna', '?max_age=1000');
  const first = (await claims(browser)).idToken['auth_time'];
  const silent = await browser.open(`${application.url}/login?max_age=1000`);
  expect(silent.title).toContain('Hello Anna');
  expect((await claims(browser)).idToken['auth_time']).toBe(first);
  const asked = await browser.open(`${application.url}/login?max_age=0`);
  expect(asked.title).toContain('Log in');
});

test('prompt=none without a session and prompt=consent work as they should', async () => {
  const browser = new Browser();
  const refused = await browser.open(`${application.url}/login?prompt=none`);
  expect(refused.text).toContain('login_required');
  const consent = await logIn(browser, 'ben', '?prompt=consent');
  expect(consent.text).toContain('The application asks for');
  const shown = await browser.press(consent, 'Allow');
  expect(shown.title).toContain('Hello Ben');
});

test('tokens are refreshed, and the claims with them', async () => {
  const browser = new Browser();
  const shown = await logIn(browser, 'dmitri');
  const index = staff.findIndex(({ username }) => username === 'dmitri');
  const before = staff[index];
  if (!before) throw new Error('dmitri is gone');
  staff[index] = { ...before, claims: { ...before.claims, department: 'research' } };
  const refreshed = await browser.press(shown, 'Refresh tokens');
  expect(refreshed.url).toBe(`${application.url}/`);
  const now = await claims(browser);
  expect(now.refreshes).toBe(1);
  expect(now.userinfo['department']).toBe('research');
});

test('who logs out is logged out at both', async () => {
  const browser = new Browser();
  const shown = await logIn(browser, 'anna');
  const question = await browser.press(shown, 'Log out');
  expect(question.text).toContain('Log out of the demo identity provider?');
  const done = await browser.press(question, 'Log out');
  expect(done.url).toBe(application.postLogoutRedirectUri);
  expect((await browser.open(`${application.url}/claims.json`)).status).toBe(401);
  expect((await browser.open(`${application.url}/login`)).text).toContain('Password');
});

test('an answer for another browser, or a second time, is refused', async () => {
  const browser = new Browser();
  await logIn(browser, 'anna');
  const answer = browser.history.find(({ url }) => url.startsWith(application.redirectUri))?.url ?? '';
  expect((await browser.open(answer)).text).toContain('does not belong to a login');
  const thief = new Browser();
  expect((await thief.open(answer)).text).toContain('does not belong to a login');
  expect((await thief.open(`${application.url}/claims.json`)).status).toBe(401);
});

test('a provider that is not there yet is tried again at the next login', async () => {
  const { issuer } = provider;
  await provider.close();
  const browser = new Browser();
  const failed = await browser.open(`${application.url}/login`);
  expect(failed.status).toBe(400);
  provider = await startIdentityProvider({
    port: Number(new URL(issuer).port),
    clients: [{ ...client, redirect_uris: [application.redirectUri] }],
  });
  expect((await logIn(browser, 'anna')).title).toContain('Hello Anna');
});

test('a login page that was used or belongs to nobody says so', async () => {
  const browser = new Browser();
  const form = await browser.open(`${application.url}/login`);
  await browser.press(form, 'Log in', { username: 'anna', password: 'anna-pass' });
  const stale = await browser.open(form.url);
  expect(stale).toMatchObject({ status: 400, title: 'This login is over · Demo identity provider' });
  const unknown = await browser.open(`${provider.issuer}/auth?client_id=nobody&response_type=code&scope=openid`);
  expect(unknown.status).toBe(400);
  expect(unknown.text).toContain('invalid_client');
});
