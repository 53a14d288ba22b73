import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { RelyingParty, type PendingLogin } from '../../apps/demo/application/relying-party.js';
import { launchChromium } from '../support/chromium.js';
import { ScriptedProvider } from '../support/scripted-provider.js';
import { applicationSettings, providerSettings } from './parties.js';
import { Site } from './site.js';
import { heading, mainText, press } from './town.js';
import { Visitor } from './visitor.js';

const phone = { width: 360, height: 740 };
const client = { clientId: 'payroll', clientSecret: 'secret of payroll' };

let chromium: Browser;
let acme: ScriptedProvider;
let payroll: Server;
let site: Site;
let party: RelyingParty;
let callback: string;
let visitor: Visitor;

beforeAll(async () => {
  [chromium, acme] = await Promise.all([launchChromium(), ScriptedProvider.start()]);
  payroll = createServer((_request, response) => response.end('The payroll'));
  await new Promise<void>((resolve) => payroll.listen(0, '127.0.0.1', resolve));
  callback = `http://127.0.0.1:${(payroll.address() as AddressInfo).port}/callback`;
  const claims = { requested: ['phoneNumber', 'birthdate'], mandatory: ['phoneNumber', 'birthdate'] };
  site = await Site.start({
    settings: {
      identityProviders: [providerSettings('acme', acme.issuer)],
      applications: [
        applicationSettings(
          'payroll',
          { identityProviders: ['acme'] },
          { consent: 'ask', claims, oidc: { ...client, redirectUris: [callback] } },
        ),
      ],
    },
  });
  party = new RelyingParty({ issuer: site.url, redirectUri: callback, postLogoutRedirectUri: callback, ...client, scope: 'openid email' });
});
afterEach(() => visitor.leave());
afterAll(async () => {
  payroll.closeAllConnections();
  payroll.close();
  await Promise.all([chromium.close(), site.close(), acme.close()]);
});

/** Somebody comes with a browser of their own, and stands at the question. */
async function ask(name: string, options: BrowserContextOptions = {}): Promise<{ page: Page; pending: PendingLogin }> {
  acme.nextPerson = { sub: name, claims: { preferred_username: name, email: `${name}@acme.example` } };
  visitor = await Visitor.arrive(chromium, options);
  const { page } = visitor;
  const { redirectTo, pending } = await party.begin({});
  await page.goto(redirectTo);
  return { page, pending };
}

const told = async (page: Page, pending: PendingLogin) => {
  await page.waitForURL(`${callback}?**`);
  return (await party.complete(new URL(page.url()), pending)).userinfo;
};

test('with the keyboard alone, on a phone without JavaScript: mistakes stand beside their fields, and what is right leads on', async () => {
  const { page, pending } = await ask('anna', { javaScriptEnabled: false, viewport: phone });
  expect(page.url()).toMatch(/\/login\/[0-9a-f-]{36}$/);
  expect(await heading(page)).toBe('What The payroll learns about you');
  expect(await mainText(page)).toMatch(/E-mail address\s*anna@acme\.example\s*E-mail address verified\s*No/);
  await page.getByLabel('Phone number').focus();
  await page.keyboard.type('call me');
  await page.keyboard.press('Tab');
  await page.keyboard.type('12311990');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').waitFor();
  const field = page.getByLabel('Phone number');
  expect([await field.inputValue(), await field.getAttribute('aria-invalid')]).toEqual(['call me', 'true']);
  const hint = await field.getAttribute('aria-describedby');
  expect(await page.locator(`[id="${hint}"]`).textContent()).toBe('This is not a phone number.');
  expect(await page.getByLabel('Date of birth').inputValue()).toBe('1990-12-31');
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  await page.getByRole('alert').getByRole('link', { name: 'Phone number' }).click();
  await page.getByLabel('Phone number').fill('+46 70 123');
  await page.keyboard.press('Enter');
  expect(await told(page, pending)).toMatchObject({ email: 'anna@acme.example', phone_number: '+46 70 123', birthdate: '1990-12-31' });
});

test('the back button shows that it is over, another tab that is still open asks nothing any more', async () => {
  const { page, pending } = await ask('ben');
  const tab = await page.context().newPage();
  await tab.goto(page.url());
  expect(await heading(tab)).toBe('What The payroll learns about you');
  await page.getByLabel('Phone number').fill('+46 70 123');
  await page.getByLabel('Date of birth').fill('1990-12-31');
  await page.getByLabel('Keep what I typed').check();
  await press(page, 'Agree and continue');
  expect(await told(page, pending)).toMatchObject({ phone_number: '+46 70 123' });
  await press(tab, 'Do not agree');
  expect(await heading(tab)).toBe('This page is out of date');
  await page.goBack();
  await page.reload();
  expect(await heading(page)).toBe('This page is out of date');
  // Kept, and agreed to: the next time nothing is asked.
  const again = await party.begin({ prompt: 'login' });
  acme.authTime = Math.floor(Date.now() / 1000) + 1;
  await page.goto(again.redirectTo);
  expect(await told(page, again.pending)).toMatchObject({ phone_number: '+46 70 123', birthdate: '1990-12-31' });
});

test('in Arabic, from right to left; who does not agree goes back with an error', async () => {
  const { page } = await ask('chloe', { locale: 'ar' });
  expect(await page.locator('html').getAttribute('dir')).toBe('rtl');
  await page.locator('button[value="refuse"]').click();
  expect(await mainText(page)).toContain('consent.application.refused');
  await page.locator('main form button').click();
  await page.waitForURL(`${callback}?**`);
  expect(Object.fromEntries(new URL(page.url()).searchParams)).toMatchObject({ error: 'access_denied', iss: site.url });
});
