import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Browser, type BrowserPage } from '../../apps/demo/browserless/index.js';
import type { PendingLogin } from '../../apps/demo/application/relying-party.js';
import { codeOn, loginIdOn } from './parties.js';
import { lenasPassword, olgasEmail, olgasPassword, PromptingSite, type Kind } from './prompting-site.js';

let town: PromptingSite;
let names = 0;

beforeAll(async () => {
  town = await PromptingSite.start();
});
afterAll(() => town.close());

const password = 'a-Password-of-12-or-more';
const somebody = (): string => `mallory${(names += 1)}`;
const agreed = { newPassword: password, newPasswordRepeated: password, decision: 'agree' };

/** Logs in at an identity provider, up to the page that asks. */
async function asked(
  kind: Kind,
  name: string = somebody(),
  browser = new Browser(),
): Promise<{ page: BrowserPage; pending: PendingLogin; browser: Browser }> {
  town.next(name);
  const { redirectTo, pending } = await town.request({ idp_hint: kind });
  return { page: await browser.open(redirectTo), pending, browser };
}

/** Presses the first button of the page's form. */
function answer(browser: Browser, page: BrowserPage, values: Readonly<Record<string, string>>): Promise<BrowserPage> {
  return browser.submit(page.form('csrf'), values);
}

describe('a typed username', () => {
  test.each([
    ['of an existing account', 'lena'],
    ['of an existing account, in other case', 'LeNa'],
    ['of an existing account, in full-width letters', 'ｌｅｎａ'],
    ['of an existing account, in mathematical letters', '𝐥𝐞𝐧𝐚'],
    ['of the administrator', 'ADMIN'],
  ])('%s is refused on the page', async (_name, typed) => {
    const before = await town.count();
    const { page, browser } = await asked('everything');
    const again = await answer(browser, page, { ...agreed, username: typed });
    expect([again.status, again.text]).toEqual([400, expect.stringContaining('This username is taken.')]);
    expect(again.form('username').fields['username']).toBe(typed);
    expect(await town.count()).toBe(before);
  });

  test.each([
    ['with a zero-width space', 'le\u200bna'],
    ['with a zero-width joiner', 'lena\u200d'],
    ['with a soft hyphen', 'le\u00adna'],
    ['with an override of the direction', '\u202eanel'],
    ['with a no-break space at its end', 'lena\u00a0'],
    ['of Latin letters and a Cyrillic one', 'l\u0435na'],
    ['of Latin letters and a Greek one', 'len\u03b1'],
    ['with a "/"', 'CORP/lena'],
    ['with a "/" and the domain that there is', 'PRIMARY/lena2'],
    ['with a full-width "/"', 'PRIMARY／lena2'],
    ['that is nested', 'PRIMARY/PRIMARY/lena2'],
    ['that is empty', ''],
    ['that is too long', 'x'.repeat(256)],
    ['with a line break', 'lena\r\nadmin'],
  ])('%s is refused on the page', async (_name, typed) => {
    const before = await town.count();
    const { page, browser } = await asked('everything');
    const again = await answer(browser, page, { ...agreed, username: typed });
    expect([again.status, again.text]).toEqual([400, expect.stringContaining('A username has 1 to 255 characters')]);
    expect(await town.count()).toBe(before);
  });

  test('that two people send at the same moment belongs to one; the other is asked again, for the password, too', async () => {
    const wanted = somebody();
    const both = [await asked('everything'), await asked('everything')];
    const pages = await Promise.all(both.map(({ browser, page }) => answer(browser, page, { ...agreed, username: wanted })));
    const [again, ...others] = pages.filter(({ status }) => status === 400);
    expect(others).toEqual([]);
    expect(again?.text).toContain('This username is taken.');
    expect(again?.form('username').fields).toMatchObject({ username: wanted, newPassword: '', newPasswordRepeated: '' });
    expect(await town.users(wanted)).toHaveLength(1);
    const loser = both[again === pages[0] ? 0 : 1];
    const done = again && loser && (await answer(loser.browser, again, { ...agreed, username: `${wanted}-2` }));
    expect(done?.url).toContain(town.callback);
    expect(await town.users(`${wanted}-2`)).toHaveLength(1);
  });

  test('where none is asked for is nothing', async () => {
    const name = somebody();
    const { page, browser } = await asked('password', name);
    await answer(browser, page, { ...agreed, username: 'admin2' });
    expect(await town.users('admin2')).toEqual([]);
    expect(await town.users(name)).toHaveLength(1);
  });
});

test('form fields that are named like claims overwrite nothing', async () => {
  const name = somebody();
  const { page, pending, browser } = await asked('everything', name);
  const forged = Object.fromEntries(
    [
      'email',
      'emailVerified',
      'email_verified',
      'givenName',
      'given_name',
      'sub',
      'subject',
      'userId',
      'roles',
      'groups',
      'userStore',
      'identity',
      'identityProvider',
      'attributes.email',
      'attributes[email]',
      'claims[email]',
      '__proto__',
      'constructor.prototype',
    ].map((field) => [field, 'admin@evil.example']),
  );
  const done = await answer(browser, page, { ...agreed, ...forged, username: name });
  const { userinfo } = await town.finish(done.url, pending);
  expect(userinfo).toMatchObject({ preferred_username: name, email: `${name}@acme.example`, given_name: 'Anna' });
  expect(JSON.stringify(await town.users(name))).not.toContain('evil');
});

test('the prompt page of another browser is refused, as page and as form, and the login goes on where it began', async () => {
  const name = somebody();
  const { page, pending, browser } = await asked('everything', name);
  const form = page.form('username');
  const other = new Browser();
  for (const refused of [await other.open(page.url), await other.submit(form, { ...agreed, username: 'stolen' })]) {
    expect([refused.status, codeOn(refused)]).toEqual([400, 'login.otherBrowser']);
    expect(refused.forms).toEqual([]);
    expect(refused.text).not.toContain(name);
  }
  await town.site.logged({ loginId: loginIdOn(page), code: 'login.otherBrowser' });
  const done = await answer(browser, page, { ...agreed, username: name });
  expect((await town.finish(done.url, pending)).userinfo).toMatchObject({ preferred_username: name });
});

test('an answer that another site sends changes nothing', async () => {
  const { page, browser } = await asked('everything');
  const form = page.form('username');
  for (const csrf of ['', 'x'.repeat(43)]) {
    const refused = await browser.submit(form, { ...agreed, username: somebody(), csrf });
    expect([refused.status, codeOn(refused)]).toEqual([400, 'login.csrf']);
  }
  const { page: own, browser: attacker } = await asked('everything');
  const { csrf = '' } = own.form('username').fields;
  expect(codeOn(await browser.submit(form, { ...agreed, username: somebody(), csrf }))).toBe('login.csrf');
  expect((await attacker.open(own.url)).status).toBe(200);
});

describe('consent', () => {
  test('to what is mandatory cannot be left out', async () => {
    const name = somebody();
    const { page, browser } = await asked('consent', name);
    const { fields, ...form } = page.form('csrf');
    const { 'accepted.profile.email': _, ...others } = fields;
    const denied = await browser.submit({ ...form, fields: others }, { decision: 'agree', 'accepted.profile.givenName': 'yes' });
    expect([denied.status, codeOn(denied)]).toEqual([403, 'consent.refused']);
    expect(await town.users(name)).toEqual([]);
  });

  test.each([
    ['another version', { 'offered.profile': '2 email givenName' }],
    ['fewer attributes', { 'offered.profile': '1 email' }],
    ['another purpose', { 'offered.profile': '', 'offered.other': '1 email givenName' }],
    ['nonsense', { 'offered.profile': 'x'.repeat(2_000) }],
  ])('to %s than there is counts for nothing: it is asked again', async (_name, forged) => {
    const { page, browser } = await asked('consent');
    const again = await answer(browser, page, { decision: 'agree', ...forged });
    expect([again.status, again.title]).toEqual([200, page.title]);
  });
});

describe('the password of an account', () => {
  test('is guessed at most ten times by an external identity; its owner is never locked out', async () => {
    const { page, browser } = await asked('prove', 'lena');
    for (let guess = 0; guess < 10; guess += 1) {
      const wrong = await answer(browser, page, { currentPassword: `guess ${guess}` });
      expect(wrong.status).toBe(403);
    }
    const limited = await answer(browser, page, { currentPassword: lenasPassword });
    expect([limited.status, limited.text]).toEqual([429, expect.stringContaining('Too many failed attempts.')]);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(200);
    const metrics = await (await fetch(`${town.site.url}/metrics`)).text();
    expect(metrics).toContain('foyer_ownership_proofs_total{idp="prove",outcome="wrong"} 10');
    expect(metrics).toContain('foyer_ownership_proofs_total{idp="prove",outcome="tooMany"} 1');

    const owner = new Browser();
    const { redirectTo, pending } = await town.request();
    const chooser = await owner.open(redirectTo);
    const done = await owner.press(chooser, 'Sign in', { username: 'lena', password: lenasPassword });
    expect((await town.finish(done.url, pending)).userinfo).toMatchObject({ preferred_username: 'lena' });
  });

  test('is asked of somebody else’s account without telling anything of it but its name', async () => {
    town.idp.nextPerson = { sub: 'not lena', claims: { preferred_username: 'LENA' } };
    const { redirectTo } = await town.request({ idp_hint: 'prove' });
    const page = await new Browser().open(redirectTo);
    const [lena] = await town.users('lena');
    expect(page.form('currentPassword').fields).not.toHaveProperty('userId');
    expect(page.body).not.toContain(String(lena?.['id']));
  });

  test.each([
    ['unverified', {}],
    ['verified by somebody', { email_verified: true }],
  ])('is asked of the one with a claimed address, %s, without telling anything of it', async (_how, more) => {
    town.idp.nextPerson = { sub: 'mallory', claims: { preferred_username: 'mallory', email: olgasEmail, ...more } };
    const { redirectTo } = await town.request({ idp_hint: 'prove-by-email' });
    const browser = new Browser();
    const page = await browser.open(redirectTo);
    const [olga] = await town.users('olga');
    const secrets = ['olga', String(olga?.['id']), 'PRIMARY'];
    expect(secrets.filter((secret) => page.body.includes(secret))).toEqual([]);
    const wrong = await answer(browser, page, { currentUsername: 'admin', currentPassword: olgasPassword });
    expect([wrong.status, wrong.form('currentPassword').fields['currentUsername']]).toEqual([403, 'admin']);
    expect(secrets.filter((secret) => wrong.body.includes(secret))).toEqual([]);
    const { length } = wrong.body;
    const nobody = await answer(browser, page, { currentUsername: 'nobod', currentPassword: olgasPassword });
    expect([nobody.status, nobody.body.length]).toEqual([403, length]);
  });
});

test('passwords are nowhere but in hashes: not in the log, not in the journal, not in what is stored of a login', async () => {
  const typed = 'Kx9-typed-on-a-prompt-page';
  const name = somebody();
  const { page, browser } = await asked('everything', name);
  const values = { newPassword: typed, newPasswordRepeated: typed, username: name };
  const refused = await answer(browser, page, { ...values, newPasswordRepeated: `${typed}!` });
  expect(refused.body).not.toContain(typed);
  await answer(browser, refused, { ...values, username: 'lena' });
  const proof = await asked('prove', 'lena');
  await answer(proof.browser, proof.page, { currentPassword: typed });
  await answer(browser, page, values);
  expect(await town.users(name)).toHaveLength(1);
  await town.site.stop();
  expect(town.site.filesWith(name)).not.toEqual([]);
  expect(town.site.filesWith(typed)).toEqual([]);
  await town.site.startAgain();
});
