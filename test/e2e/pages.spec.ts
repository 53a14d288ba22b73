import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { startApplication, type Application } from '../../apps/demo/application/index.js';
import { startIdentityProvider, type IdentityProvider } from '../../apps/demo/identity-provider/index.js';
import { freePorts } from '../../apps/demo/ports.js';
import { launchChromium } from '../support/chromium.js';
import { ScriptedProvider } from '../support/scripted-provider.js';
import { applicationSettings, providerSettings } from './parties.js';
import { adminPassword, Site, until } from './site.js';
import { Visitor } from './visitor.js';

const clientSecret = 'secret of Foyer at acme';
const password = 'a-Password-of-12-or-more';

let chromium: Browser;
let acme: IdentityProvider;
let globex: ScriptedProvider;
let site: Site;
/** An application with a choice: two identity providers and passwords. */
let portal: Application;
/** An application of acme alone. */
let desk: Application;
let visitor: Visitor | undefined;

const client = (name: string, foyerPort: number) =>
  startApplication({ port: 0, foyerIssuer: `http://localhost:${foyerPort}`, clientId: name, clientSecret: `secret-of-${name}` });

const registered = (name: string, { redirectUri, postLogoutRedirectUri }: Application, login: object): object =>
  applicationSettings(name, login, {
    oidc: {
      clientId: name,
      clientSecret: `secret-of-${name}`,
      redirectUris: [redirectUri],
      postLogoutRedirectUris: [postLogoutRedirectUri],
    },
  });

beforeAll(async () => {
  const port = await freePorts();
  const callback = `http://localhost:${port}/federation/oidc/callback/acme`;
  [chromium, acme, globex, portal, desk] = await Promise.all([
    launchChromium(),
    startIdentityProvider({ port: 0, clients: [{ client_id: 'foyer', client_secret: clientSecret, redirect_uris: [callback] }] }),
    ScriptedProvider.start(),
    client('portal', port),
    client('desk', port),
  ]);
  const scopes = ['openid', 'profile', 'email'];
  site = await Site.start({
    port,
    settings: {
      identityProviders: [
        providerSettings('acme', acme.issuer, {
          oidc: { issuer: acme.issuer, clientId: 'foyer', clientSecret, scopes },
          homeRealms: ['acme.example'],
        }),
        providerSettings('globex', globex.issuer, { homeRealms: ['globex.example'] }),
      ],
      applications: [
        registered('portal', portal, { identityProviders: ['acme', 'globex'], local: true }),
        registered('desk', desk, { identityProviders: ['acme'] }),
      ],
    },
  });
  const users = await site.admin();
  for (const username of ['lena', 'lars']) await users.request('POST', '/users', { username, password });
});

afterEach(async () => {
  globex.misbehaviour = {};
  await visitor?.leave();
  const complaints = visitor?.complaints ?? [];
  if (complaints.length > 0) throw new Error(`The browser complained:\n${complaints.join('\n')}`);
});

afterAll(async () => {
  await Promise.all([chromium.close(), site.close(), acme.close(), globex.close(), portal.close(), desk.close()]);
});

async function arrive(options?: BrowserContextOptions): Promise<Page> {
  visitor = await Visitor.arrive(chromium, options);
  return visitor.page;
}

/** Another tab of the same browser. */
const newTab = (page: Page): Promise<Page> => page.context().newPage();

const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
const heading = (page: Page): Promise<string | null> => page.getByRole('heading', { level: 1 }).textContent();

async function openChooser(page: Page): Promise<void> {
  await page.goto(portal.url);
  await page.getByRole('link', { name: 'Log in' }).click();
  expect(await heading(page)).toBe('Sign in');
}

async function logInAtAcme(page: Page, username = 'anna'): Promise<void> {
  await page.waitForURL(`${acme.issuer}/login/**`);
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(`${username}-pass`);
  await press(page, 'Log in');
}

async function signIn(page: Page, username: string, typed: string): Promise<void> {
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(typed);
  await press(page, 'Sign in');
}

describe('somebody', () => {
  test.each([
    ['with JavaScript', true],
    ['without JavaScript', false],
  ])('%s logs in, looks at the account, and signs out', async (_, javaScriptEnabled) => {
    const page = await arrive({ javaScriptEnabled });
    await openChooser(page);
    await press(page, 'Continue with acme Ltd');
    await logInAtAcme(page);
    await page.waitForURL(`${portal.url}/`);
    expect(await page.locator('body').textContent()).toContain('anna@example.org');

    await page.getByRole('link', { name: 'My account at Foyer' }).click();
    expect(page.url()).toBe(`${site.url}/account`);
    expect(await heading(page)).toBe('Anna');
    const section = (name: string): Promise<string | null> => page.getByRole('region', { name }).textContent();
    expect(await section('Account')).toMatch(/anna.*PRIMARY/s);
    expect(await section('What is known about you')).toMatch(/email\s*anna@example\.org\s*acme Ltd/);
    expect(await section('Linked identities')).toMatch(/acme Ltd\s*demo-anna/);
    expect(await section('Sessions')).toMatch(/This browser, since .* UTC\s*Opened The portal/);

    await page.getByRole('button', { name: 'Sign out', exact: true }).first().click();
    expect(await heading(page)).toBe('You are signed out');
    await page.goto(`${site.url}/account`);
    expect(await heading(page)).toBe('Sign in');
  });

  test('gets along with the keyboard alone', async () => {
    const page = await arrive();
    await openChooser(page);
    const focused = (): Promise<string> =>
      page.evaluate('document.activeElement.innerText || document.activeElement.id || document.activeElement.name').then(String);
    const tabTo = async (what: RegExp): Promise<void> => {
      for (let presses = 0; presses < 20; presses += 1) {
        await page.keyboard.press('Tab');
        if (what.test(await focused())) return;
      }
      throw new Error(`The Tab key does not lead to ${what.source}`);
    };
    await tabTo(/Continue with acme/);
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${acme.issuer}/login/**`);
    await page.keyboard.type('ben');
    await tabTo(/^password$/);
    await page.keyboard.type('ben-pass');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${portal.url}/`);

    await page.goto(`${site.url}/account`);
    await tabTo(/^Sign out$/);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${site.url}/login/signed-out`);
  });

  test('who logs out of the application is logged out of Foyer, and asked again', async () => {
    const page = await arrive();
    await openChooser(page);
    await signIn(page, 'lena', password);
    await page.waitForURL(`${portal.url}/`);
    await press(page, 'Log out');
    expect(page.url()).toBe(portal.postLogoutRedirectUri);
    await page.goto(`${site.url}/account`);
    expect(await heading(page)).toBe('Sign in');
  });

  test('who opens Foyer’s sign-out page without an application is asked first', async () => {
    const page = await arrive();
    await openChooser(page);
    await signIn(page, 'lena', password);
    await page.waitForURL(`${portal.url}/`);
    await page.goto(`${site.url}/oauth2/logout`);
    expect(await heading(page)).toBe('Sign out of Foyer?');
    await press(page, 'Sign out');
    expect(await heading(page)).toBe('You are signed out');
  });
});

describe('the page to choose on', () => {
  test('finds the identity provider by the domain of an e-mail address', async () => {
    const page = await arrive();
    await openChooser(page);
    await page.getByLabel('Work e-mail address').fill('somebody@nowhere.example');
    await press(page, 'Continue');
    const field = page.getByLabel('Work e-mail address');
    expect(await field.inputValue()).toBe('somebody@nowhere.example');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator('#email-hint').textContent()).toContain('No organisation here uses this e-mail domain');
    await field.fill('Somebody@GLOBEX.example');
    await press(page, 'Continue');
    await page.waitForURL(`${portal.url}/`);
    expect(await heading(page)).toContain('Hello user-');
  });

  test('says that a password is wrong, keeps the username, and takes the right one', async () => {
    const page = await arrive();
    await openChooser(page);
    for (const username of ['lena', 'nobody-at-all']) {
      await signIn(page, username, 'wrong');
      expect(await page.getByRole('alert').textContent()).toContain('This username and password do not match');
      expect(await page.getByLabel('Username').inputValue()).toBe(username);
      expect(await page.getByLabel('Password').inputValue()).toBe('');
    }
    await signIn(page, 'lena', password);
    await page.waitForURL(`${portal.url}/`);
    expect(await heading(page)).toBe('Hello lena');
  });

  test('after ten wrong passwords says how long to wait, also to whoever knows the right one', async () => {
    const page = await arrive();
    await openChooser(page);
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await signIn(page, 'lars', `wrong ${attempt}`);
      expect(await page.getByRole('alert').textContent()).toContain('do not match');
    }
    const answered = page.waitForResponse((response) => response.url().endsWith('/password'));
    await signIn(page, 'lars', password);
    const response = await answered;
    expect(response.status()).toBe(429);
    expect(Number(response.headers()['retry-after'])).toBeGreaterThan(0);
    expect(await page.getByRole('alert').textContent()).toBe('Too many failed attempts. Wait five minutes, then try again.');
    // Nobody else is locked out.
    await signIn(page, 'lena', password);
    await page.waitForURL(`${portal.url}/`);
  });
});

describe('a login that fails', () => {
  test('because the person cancels shows why, and leads back to the application with the error', async () => {
    const page = await arrive();
    await page.goto(`${desk.url}/login`);
    await page.waitForURL(`${acme.issuer}/login/**`);
    await press(page, 'Cancel');
    expect(await heading(page)).toBe('You could not be signed in');
    expect(await page.locator('main').textContent()).toMatch(/you cancelled.*Code\s*idp\.denied.*Login\s*[0-9a-f-]{36}/s);
    await press(page, 'Back to The desk');
    // The application believes an error only with its own state and the right issuer.
    await page.waitForURL(`${desk.url}/callback?**`);
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toMatchObject({ error: 'access_denied', iss: site.url });
    expect(await page.locator('main').textContent()).toContain('You were not let in, or you cancelled');
  });

  test('because the identity provider lies says so without detail, and leads back', async () => {
    globex.misbehaviour = { signWith: 'foreign' };
    const page = await arrive();
    await openChooser(page);
    await press(page, 'Continue with globex Ltd');
    expect(await heading(page)).toBe('Your identity provider gave a wrong answer');
    await press(page, 'Back to The portal');
    await page.waitForURL(`${portal.url}/callback?**`);
    expect(new URL(page.url()).searchParams.get('error')).toBe('server_error');
  });

  test('because it took too long says so', async () => {
    const port = await freePorts();
    const app = await client('slow', port);
    const hasty = await Site.start({
      port,
      env: { FOYER_LIFETIME_LOGIN: '1' },
      settings: { applications: [registered('slow', app, { local: true })] },
    });
    try {
      const page = await arrive();
      await page.goto(`${app.url}/login`);
      await until('the login is over', async () => (await page.reload())?.status() === 400);
      expect(await page.locator('main').textContent()).toContain('This sign-in took too long');
    } finally {
      await Promise.all([hasty.close(), app.close()]);
    }
  });
});

describe('browsers do more than the plan has:', () => {
  test('back after success leads to a page that says what to do, and the person stays logged in', async () => {
    const page = await arrive();
    await openChooser(page);
    const chooser = page.url();
    await signIn(page, 'lena', password);
    await page.waitForURL(`${portal.url}/`);
    await page.goBack();
    expect(page.url()).toBe(chooser);
    expect(await page.locator('main').textContent()).toContain('This sign-in was already used. If you are not signed in');
    await page.getByRole('link', { name: 'Back to The portal' }).click();
    await page.waitForURL(`${portal.url}/`);
    expect(await heading(page)).toBe('Hello lena');
  });

  test('back from the identity provider allows another choice', async () => {
    const page = await arrive();
    await openChooser(page);
    await press(page, 'Continue with acme Ltd');
    await page.waitForURL(`${acme.issuer}/login/**`);
    await page.goBack();
    expect(await heading(page)).toBe('Sign in');
    await press(page, 'Continue with globex Ltd');
    await page.waitForURL(`${portal.url}/`);
    expect(await heading(page)).toContain('Hello user-');
  });

  test.each(['Sign in', 'Continue with globex Ltd'])('a double click on “%s” logs in once', async (button) => {
    const answered = async (): Promise<unknown> => (await (await site.admin()).get('/logins?outcome=answered'))['total'];
    const before = await answered();
    const page = await arrive();
    await openChooser(page);
    await page.getByLabel('Username').fill('lena');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: button, exact: true }).dblclick();
    await page.waitForURL(`${portal.url}/`);
    expect(await heading(page)).toContain('Hello');
    expect(await answered()).toBe(Number(before) + 1);
  });

  test('two tabs log in side by side', async () => {
    const first = await arrive();
    const second = await newTab(first);
    await openChooser(first);
    await openChooser(second);
    await press(first, 'Continue with acme Ltd');
    await press(second, 'Continue with acme Ltd');
    await second.waitForURL(`${acme.issuer}/login/**`);
    await logInAtAcme(first, 'chloe');
    await first.waitForURL(`${portal.url}/`);
    await logInAtAcme(second, 'chloe');
    await second.waitForURL(`${portal.url}/`);
    expect(await heading(second)).toBe(await heading(first));
  });

  test('the address of an answer, opened again, says that the sign-in was used', async () => {
    const page = await arrive();
    const callbacks: string[] = [];
    page.on('request', (request) => void (request.url().includes('/federation/oidc/callback/') && callbacks.push(request.url())));
    await page.goto(`${desk.url}/login`);
    await logInAtAcme(page);
    await page.waitForURL(`${desk.url}/`);
    await page.goto(callbacks[0] ?? '');
    expect(await page.locator('main').textContent()).toMatch(/This sign-in was already used.*login\.repeated/s);
    await page.reload();
    expect(await heading(page)).toBe('This page is out of date');
  });
});

test('an administrator logs in on the page with the documentation of the API, and tries it', async () => {
  const page = await arrive();
  await page.goto(`${site.url}/api/docs`);
  await page.getByRole('button', { name: 'Authorize', exact: true }).click();
  const flow = page.locator('.auth-container', { hasText: 'authorizationCode' });
  await flow.getByText('select all').click();
  const [popup] = await Promise.all([page.waitForEvent('popup'), flow.getByRole('button', { name: /^Apply|^Authorize/ }).click()]);
  const closed = popup.waitForEvent('close');
  await signIn(popup, 'admin', adminPassword);
  await closed;
  await flow.getByText('Authorized', { exact: true }).waitFor();
  await flow.getByRole('button', { name: 'Close', exact: true }).click();
  const operation = page.locator('.opblock', { hasText: '/api/v1/users' }).first();
  await operation.locator('.opblock-summary-control').click();
  await operation.getByRole('button', { name: 'Try it out' }).click();
  const answered = page.waitForResponse((response) => response.url().startsWith(`${site.url}/api/v1/users`));
  await operation.getByRole('button', { name: 'Execute' }).click();
  expect((await answered).status()).toBe(200);
});
