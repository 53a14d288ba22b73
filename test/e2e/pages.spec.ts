import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { freePorts } from '../../apps/demo/ports.js';
import { adminPassword, Site, until } from './site.js';
import { heading, mainText, password, press, registered, signIn, startClient, Town } from './town.js';

let town: Town;

beforeAll(async () => {
  town = await Town.build();
});
afterEach(() => town.clear());
afterAll(() => town.close());

describe('somebody', () => {
  test.each([
    ['with JavaScript', true],
    ['without JavaScript', false],
  ])('%s logs in, looks at the account, and signs out', async (_, javaScriptEnabled) => {
    const page = await town.arrive({ javaScriptEnabled });
    await town.openChooser(page);
    await press(page, 'Continue with acme Ltd');
    await town.logInAtAcme(page);
    await town.atPortal(page);
    expect(await page.locator('body').textContent()).toContain('anna@example.org');

    await page.getByRole('link', { name: 'My account at Foyer' }).click();
    expect(page.url()).toBe(`${town.site.url}/account`);
    expect(await heading(page)).toBe('Anna');
    const section = (name: string): Promise<string | null> => page.getByRole('region', { name }).textContent();
    expect(await section('Account')).toMatch(/anna.*PRIMARY/s);
    expect(await section('What is known about you')).toMatch(/E-mail address\s*anna@example\.org\s*acme Ltd/);
    expect(await section('Linked identities')).toMatch(/acme Ltd\s*Known there as demo-anna/);
    expect(await section('Sessions')).toMatch(/This browser, since .* UTC\s*Opened The portal/);

    await page.getByRole('button', { name: 'Sign out', exact: true }).first().click();
    expect(await heading(page)).toBe('You are signed out');
    await page.goto(`${town.site.url}/account`);
    expect(await heading(page)).toBe('Sign in');
  });

  test('gets along with the keyboard alone', async () => {
    const page = await town.arrive();
    await town.openChooser(page);
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
    await page.waitForURL(`${town.acme.issuer}/login/**`);
    // The form focuses its first field, which a browser under load does a moment after the page has loaded.
    await page.locator('input:focus').waitFor();
    await page.keyboard.type('ben');
    await tabTo(/^password$/);
    await page.keyboard.type('ben-pass');
    await page.keyboard.press('Enter');
    await town.atPortal(page);

    await page.goto(`${town.site.url}/account`);
    await tabTo(/^Sign out$/);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${town.site.url}/login/signed-out`);
  });

  test('who logs out of the application is logged out of Foyer, and asked again', async () => {
    const page = await town.arrive();
    await town.openChooser(page);
    await signIn(page, 'lena', password);
    await town.atPortal(page);
    await press(page, 'Log out');
    expect(page.url()).toBe(town.portal.postLogoutRedirectUri);
    await page.goto(`${town.site.url}/account`);
    expect(await heading(page)).toBe('Sign in');
  });

  test('who opens Foyer’s sign-out page without an application is asked first', async () => {
    const page = await town.arrive();
    await town.openChooser(page);
    await signIn(page, 'lena', password);
    await town.atPortal(page);
    await page.goto(`${town.site.url}/oauth2/logout`);
    expect(await heading(page)).toBe('Sign out of Foyer?');
    await press(page, 'Sign out');
    expect(await heading(page)).toBe('You are signed out');
  });
});

describe('the page to choose on', () => {
  test('finds the identity provider by the domain of an e-mail address', async () => {
    const page = await town.arrive();
    await town.openChooser(page);
    await page.getByLabel('Work e-mail address').fill('somebody@nowhere.example');
    await press(page, 'Continue');
    const field = page.getByLabel('Work e-mail address');
    expect(await field.inputValue()).toBe('somebody@nowhere.example');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator('#email-hint').textContent()).toContain('No organisation here uses this e-mail domain');
    await field.fill('Somebody@GLOBEX.example');
    await press(page, 'Continue');
    await town.atPortal(page);
    expect(await heading(page)).toContain('Hello user-');
  });

  test('says that a password is wrong, keeps the username, and takes the right one', async () => {
    const page = await town.arrive();
    await town.openChooser(page);
    for (const username of ['lena', 'nobody-at-all']) {
      await signIn(page, username, 'wrong');
      expect(await page.getByRole('alert').textContent()).toContain('This username and password do not match');
      expect(await page.getByLabel('Username').inputValue()).toBe(username);
      expect(await page.getByLabel('Password').inputValue()).toBe('');
    }
    await signIn(page, 'lena', password);
    await town.atPortal(page);
    expect(await heading(page)).toBe('Hello lena');
  });

  test('after ten wrong passwords says how long to wait, also to whoever knows the right one', async () => {
    const page = await town.arrive();
    await town.openChooser(page);
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
    await town.atPortal(page);
  });
});

describe('a login that fails', () => {
  test('because the person cancels shows why, and leads back to the application with the error', async () => {
    const page = await town.arrive();
    await page.goto(`${town.desk.url}/login`);
    await page.waitForURL(`${town.acme.issuer}/login/**`);
    await press(page, 'Cancel');
    expect(await heading(page)).toBe('You could not be signed in');
    expect(await mainText(page)).toMatch(/you cancelled.*Code\s*idp\.denied.*Login\s*[0-9a-f-]{36}/s);
    await press(page, 'Back to The desk');
    // The application believes an error only with its own state and the right issuer.
    await page.waitForURL(`${town.desk.url}/callback?**`);
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toMatchObject({ error: 'access_denied', iss: town.site.url });
    expect(await mainText(page)).toContain('You were not let in, or you cancelled');
  });

  test('because the identity provider lies says so without detail, and leads back', async () => {
    town.globex.misbehaviour = { signWith: 'foreign' };
    const page = await town.arrive();
    await town.openChooser(page);
    await press(page, 'Continue with globex Ltd');
    expect(await heading(page)).toBe('Your identity provider gave a wrong answer');
    await press(page, 'Back to The portal');
    await page.waitForURL(`${town.portal.url}/callback?**`);
    expect(new URL(page.url()).searchParams.get('error')).toBe('server_error');
  });

  test('because it took too long says so', async () => {
    const port = await freePorts();
    const app = await startClient('slow', port);
    const hasty = await Site.start({
      port,
      env: { FOYER_LIFETIME_LOGIN: '1' },
      settings: { applications: [registered('slow', app, { local: true })] },
    });
    try {
      const page = await town.arrive();
      await page.goto(`${app.url}/login`);
      await until('the login is over', async () => (await page.reload())?.status() === 400);
      expect(await mainText(page)).toContain('This sign-in took too long');
    } finally {
      await Promise.all([hasty.close(), app.close()]);
    }
  });
});

test('an administrator logs in on the page with the documentation of the API, and tries it', async () => {
  const page = await town.arrive();
  await page.goto(`${town.site.url}/api/docs`);
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
  const answered = page.waitForResponse((response) => response.url().startsWith(`${town.site.url}/api/v1/users`));
  await operation.getByRole('button', { name: 'Execute' }).click();
  expect((await answered).status()).toBe(200);
});
