import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { seriousFaults } from '../support/axe.js';
import { launchChromium } from '../support/chromium.js';
import type { LoggedIn, PendingLogin } from '../../apps/demo/application/relying-party.js';
import { lenasPassword, olgasEmail, olgasPassword, PromptingSite, type Kind } from './prompting-site.js';
import { heading, mainText, press } from './town.js';
import { until } from './site.js';
import { Visitor } from './visitor.js';

let chromium: Browser;
let town: PromptingSite;
let visitor: Visitor | undefined;
let names = 0;

beforeAll(async () => {
  [chromium, town] = await Promise.all([launchChromium(), PromptingSite.start()]);
});
afterEach(() => visitor?.leave());
afterAll(() => Promise.all([chromium.close(), town.close()]));

const password = 'a-Password-of-12-or-more';
const somebody = (): string => `anna${(names += 1)}`;

/** Somebody comes with a browser of their own. */
async function arrive(options: BrowserContextOptions = {}): Promise<Page> {
  visitor = await Visitor.arrive(chromium, options);
  return visitor.page;
}

/** Goes from the application to Foyer, and on to an identity provider that lets `name` in. */
async function ask(page: Page, kind: Kind | undefined, name: string = somebody()): Promise<PendingLogin> {
  town.next(name);
  const { redirectTo, pending } = await town.request(kind && { idp_hint: kind });
  await page.goto(redirectTo);
  return pending;
}

async function arrived(page: Page, pending: PendingLogin): Promise<LoggedIn> {
  await page.waitForURL(`${town.callback}?**`);
  return town.finish(page.url(), pending);
}

const submit = (page: Page): Promise<void> => page.locator('button.primary').click();

describe.each<[string, BrowserContextOptions, string]>([
  ['on a phone', { viewport: { width: 390, height: 844 } }, 'ltr'],
  ['in a desktop window, in the dark', { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' }, 'ltr'],
  ['on a phone, from right to left', { viewport: { width: 390, height: 844 }, locale: 'ar' }, 'rtl'],
])('%s', (_name, options, direction) => {
  test.each<[string, string, (page: Page) => Promise<unknown>]>([
    ['the chooser', 'button.provider', (page) => ask(page, undefined)],
    ['the question for consent', 'fieldset.purpose', (page) => ask(page, 'consent')],
    ['the question for a password and consent', '#newPasswordRepeated', (page) => ask(page, 'password')],
    ['the question for a username, a password and consent', '#username', (page) => ask(page, 'everything')],
    ['the question whose an account is', '#currentPassword', (page) => ask(page, 'prove', 'lena')],
    ['faults beside their fields', '#username[aria-invalid]', typeBadly],
    ['a wrong proof', '#currentPassword[aria-invalid]', proveWrongly],
    ['a login that is denied', 'dl.facts', refuse],
    ['a login that is over', 'dl.facts', (page) => page.goto(`${town.site.url}/login/018f0000-0000-7000-8000-000000000000`)],
  ])('%s fits, and has nothing that seriously hinders anybody', async (_page, shows, open) => {
    const page = await arrive(options);
    await open(page);
    await page.locator(shows).first().waitFor();
    expect(await page.locator('html').getAttribute('dir')).toBe(direction);
    expect(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')).toBe(true);
    expect(await seriousFaults(page)).toEqual([]);
  });
});

async function typeBadly(page: Page): Promise<void> {
  await ask(page, 'everything');
  await page.fill('#username', 'lena');
  await page.fill('#newPassword', 'short');
  await page.fill('#newPasswordRepeated', 'short');
  await submit(page);
}

async function proveWrongly(page: Page): Promise<void> {
  await ask(page, 'prove', 'lena');
  await page.fill('#currentPassword', 'not hers');
  await submit(page);
}

async function refuse(page: Page): Promise<void> {
  await ask(page, 'consent');
  await page.locator('button[value=refuse]').click();
}

describe('consent', () => {
  test('without JavaScript: what is ticked is kept, what is not is not, and it is asked once', async () => {
    const page = await arrive({ javaScriptEnabled: false });
    const name = somebody();
    const pending = await ask(page, 'consent', name);
    expect(await heading(page)).toBe('Your details');
    expect(await mainText(page)).toMatch(new RegExp(`E-mail address Required\\s*${name}@acme\\.example`));
    expect(page.url()).toMatch(/\/login\/[0-9a-f-]{36}$/);
    expect(await page.getByRole('checkbox', { name: 'Given name Anna' }).isChecked()).toBe(false);
    await press(page, 'Agree and continue');
    const first = await arrived(page, pending);
    expect(first.userinfo).toMatchObject({ preferred_username: name, email: `${name}@acme.example` });
    expect(first.userinfo).not.toHaveProperty('given_name');

    await page.context().clearCookies();
    const again = await arrived(page, await ask(page, 'consent', name));
    expect(again.idTokenClaims['sub']).toBe(first.idTokenClaims['sub']);
  });

  test('what is ticked is told', async () => {
    const page = await arrive();
    const pending = await ask(page, 'consent');
    await page.getByText('Given name').click();
    await press(page, 'Agree and continue');
    expect((await arrived(page, pending)).userinfo).toMatchObject({ given_name: 'Anna' });
  });

  test('refused, the login is denied, and the application is told', async () => {
    const page = await arrive();
    const name = somebody();
    await ask(page, 'consent', name);
    await press(page, 'Do not agree');
    expect(await mainText(page)).toContain('consent.refused');
    await press(page, 'Back to The portal');
    await page.waitForURL(`${town.callback}?**`);
    expect(new URL(page.url()).searchParams.get('error')).toBe('access_denied');
    expect(await town.users(name)).toEqual([]);
  });

  test('refused where that is admitted, the person goes on without an account', async () => {
    const page = await arrive();
    const name = somebody();
    const pending = await ask(page, 'lenient', name);
    await press(page, 'Do not agree');
    expect((await arrived(page, pending)).userinfo).not.toHaveProperty('email');
    expect(await town.users(name)).toEqual([]);
  });

  test('can be refused before a username and a password are chosen', async () => {
    const page = await arrive();
    await ask(page, 'everything');
    await press(page, 'Do not agree');
    expect(await mainText(page)).toContain('consent.refused');
  });
});

describe('an account of one’s own', () => {
  test('with the keyboard alone: a taken name is refused beside its field, and the chosen one logs in by its password', async () => {
    const page = await arrive();
    const name = somebody();
    const pending = await ask(page, 'everything', name);
    const focused = (): Promise<string> => page.evaluate('document.activeElement.id || document.activeElement.innerText').then(String);
    const tabTo = async (what: string): Promise<void> => {
      for (let presses = 0; presses < 20; presses += 1) {
        await page.keyboard.press('Tab');
        if ((await focused()) === what) return;
      }
      throw new Error(`The Tab key does not lead to ${what}`);
    };
    const type = async (field: string, text: string): Promise<void> => {
      await tabTo(field);
      await page.keyboard.press('Control+A');
      await page.keyboard.type(text);
    };
    await type('username', 'LENA');
    await type('newPassword', password);
    await type('newPasswordRepeated', password);
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(page.url()).toMatch(/\/login\/[0-9a-f-]{36}\/prompt$/);
    const field = page.getByLabel('Username');
    expect(await field.inputValue()).toBe('LENA');
    expect(await page.locator(`#${await field.getAttribute('aria-describedby')}`).textContent()).toContain('This username is taken.');
    expect(await page.getByLabel('New password', { exact: true }).inputValue()).toBe('');

    await page.getByRole('alert').getByRole('link').focus();
    await page.keyboard.press('Enter');
    expect(await focused()).toBe('username');
    await page.keyboard.press('Control+A');
    await page.keyboard.type(`${name}-here`);
    await type('newPassword', password);
    await type('newPasswordRepeated', password);
    await tabTo('Agree and continue');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.keyboard.press('Enter');
    const person = await arrived(page, pending);
    expect(person.userinfo).toMatchObject({ preferred_username: `${name}-here`, email: `${name}@acme.example` });

    await page.context().clearCookies();
    const local = await ask(page, undefined);
    await page.getByLabel('Username').fill(`${name}-here`);
    await page.getByLabel('Password').fill(password);
    await press(page, 'Sign in');
    expect((await arrived(page, local)).idTokenClaims['sub']).toBe(person.idTokenClaims['sub']);
  });

  test('keeps ticks and the username when the page comes again, and no password', async () => {
    const page = await arrive();
    await ask(page, 'password');
    await page.getByText('Given name').click();
    await page.fill('#newPassword', password);
    await page.fill('#newPasswordRepeated', `${password}!`);
    await submit(page);
    await page.locator('#newPasswordRepeated[aria-invalid]').waitFor();
    expect(await page.getByRole('checkbox').isChecked()).toBe(true);
    expect(await page.locator('#newPassword').inputValue()).toBe('');
    expect(await page.content()).not.toContain(password);
  });

  const fillIn = async (page: Page): Promise<void> => {
    await page.fill('#newPassword', password);
    await page.fill('#newPasswordRepeated', password);
  };

  test('left half-way, opened again, reloaded, and sent twice, is created once', async () => {
    const page = await arrive();
    const name = somebody();
    const pending = await ask(page, 'password', name);
    await page.goto(town.callback.replace('callback', 'elsewhere'));
    await page.goBack();
    await page.reload();
    expect(await heading(page)).toBe('Set up your account');
    await fillIn(page);
    await page.locator('button.primary').dblclick();
    expect((await arrived(page, pending)).userinfo).toMatchObject({ preferred_username: name });
    expect(await town.users(name)).toHaveLength(1);
  });

  test('asked for in two tabs, is created once: the second says that it was used, and leads back', async () => {
    const page = await arrive();
    const name = somebody();
    const pending = await ask(page, 'password', name);
    const tab = await page.context().newPage();
    await tab.goto(page.url());
    await Promise.all([fillIn(page), fillIn(tab)]);
    await submit(page);
    await arrived(page, pending);
    await submit(tab);
    await tab.locator('dl.facts').waitFor();
    expect(await mainText(tab)).toContain('This sign-in was already used.');
    expect(await tab.getByRole('link', { name: 'Back to The portal' }).isVisible()).toBe(true);
    expect(await town.users(name)).toHaveLength(1);
  });
});

describe('an account that exists', () => {
  test('is linked by its password, and from then on opened by the identity provider', async () => {
    const page = await arrive();
    const pending = await ask(page, 'prove', 'lena');
    expect(await heading(page)).toBe('Is this account yours?');
    expect(await page.getByLabel('Account in PRIMARY').inputValue()).toBe('lena');
    await page.getByLabel('Password of this account').fill(password);
    await press(page, 'Continue');
    const error = page.locator('#ownership-error');
    expect(await error.textContent()).toBe('This is not the password of the account. Check it and try again.');
    await page.getByLabel('Password of this account').fill(lenasPassword);
    await press(page, 'Continue');
    const person = await arrived(page, pending);
    const [lena] = await town.users('lena');
    expect(person.idTokenClaims['sub']).toBe(lena?.['id']);

    await page.context().clearCookies();
    expect((await arrived(page, await ask(page, 'prove', 'lena'))).idTokenClaims['sub']).toBe(lena?.['id']);
  });

  test('and was found by an address is named by the person alone', async () => {
    const page = await arrive();
    town.idp.nextPerson = { sub: 'olga by her address', claims: { preferred_username: 'o.l.', email: olgasEmail } };
    const { redirectTo, pending } = await town.request({ idp_hint: 'prove-by-email' });
    await page.goto(redirectTo);
    expect(await heading(page)).toBe('Is this account yours?');
    expect(await page.getByLabel('Username of this account').inputValue()).toBe('');
    await page.getByLabel('Username of this account').fill('olgo');
    await page.getByLabel('Password of this account').fill(olgasPassword);
    await press(page, 'Continue');
    expect(await page.locator('#ownership-error').textContent()).toBe(
      'These are not the username and the password of the account. Check them and try again.',
    );
    expect(await page.getByLabel('Username of this account').inputValue()).toBe('olgo');
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByLabel('Username of this account').fill('Olga');
    await page.getByLabel('Password of this account').fill(olgasPassword);
    await press(page, 'Continue');
    const person = await arrived(page, pending);
    expect(person.idTokenClaims['sub']).toBe((await town.users('olga'))[0]?.['id']);
  });

  test('that is not theirs: the person goes back instead', async () => {
    const page = await arrive();
    town.idp.nextPerson = { sub: 'another lena', claims: { preferred_username: 'lena' } };
    const { redirectTo } = await town.request({ idp_hint: 'prove' });
    await page.goto(redirectTo);
    await press(page, 'Back to The portal');
    await page.waitForURL(`${town.callback}?**`);
    expect(new URL(page.url()).searchParams.get('error')).toBe('access_denied');
  });
});

test('a question that nobody answered in time says so, and leads back', async () => {
  const hasty = await PromptingSite.start({ FOYER_LIFETIME_LOGIN: '2' });
  try {
    const page = await arrive();
    hasty.next('anna');
    const { redirectTo } = await hasty.request({ idp_hint: 'consent' });
    await page.goto(redirectTo);
    expect(await heading(page)).toBe('Your details');
    const address = page.url();
    await until('the login is over', async () => (await page.request.get(address)).status() === 400);
    await press(page, 'Agree and continue');
    expect(await mainText(page)).toContain('This sign-in took too long');
    expect(await page.getByRole('link', { name: 'Back to The portal' }).getAttribute('href')).toBe(new URL('/', hasty.callback).href);
  } finally {
    await hasty.close();
  }
});
