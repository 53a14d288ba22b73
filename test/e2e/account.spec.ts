import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserPage } from '../../apps/demo/browserless/index.js';
import { ScriptedProvider } from '../support/scripted-provider.js';
import { parseObject, type AdminAnswer } from './admin-client.js';
import { Application, applicationSettings, newBrowser, providerSettings } from './parties.js';
import { Site } from './site.js';

let acme: ScriptedProvider;
let globex: ScriptedProvider;
let site: Site;
/** Opened by both, without asking anybody anything. */
let intranet: Application;
/** Opened by both, if the person agrees to what it learns. */
let payroll: Application;

const password = 'a-Password-of-12-or-more';
const now = (): number => Math.floor(Date.now() / 1000);
const linking = { existing: 'pre-provisioned' };
const profile = {
  name: 'profile',
  title: { en: 'Your profile' },
  text: { en: 'So that your colleagues see who you are.' },
  attributes: [{ name: 'email', mandatory: true }, { name: 'givenName' }],
};

beforeAll(async () => {
  [acme, globex] = [await ScriptedProvider.start(), await ScriptedProvider.start()];
  const asking = { enabled: true, linking, prompt: 'consent', consentPurposes: ['profile'] };
  const login = { identityProviders: ['acme', 'globex', 'asking', 'passing'] };
  site = await Site.start({
    settings: {
      consentPurposes: [profile],
      identityProviders: [
        providerSettings('acme', acme.issuer, { jit: { enabled: true, linking, trustedDomains: ['acme.example'] } }),
        providerSettings('globex', globex.issuer, { jit: { enabled: true, linking } }),
        providerSettings('asking', globex.issuer, { jit: asking }),
        providerSettings('passing', globex.issuer, { jit: { enabled: false, linking } }),
      ],
      applications: [applicationSettings('intranet', login), applicationSettings('payroll', login, { consent: 'ask' })],
    },
  });
  intranet = new Application(site, 'intranet');
  payroll = new Application(site, 'payroll', 'openid email');
});
beforeEach(() => {
  for (const provider of [acme, globex]) provider.authTime = now();
});
afterAll(async () => {
  await site.close();
  await Promise.all([acme.close(), globex.close()]);
});

const be = (name: string): void => {
  const claims = { preferred_username: name, given_name: 'Anna', email: `${name}@acme.example`, email_verified: true };
  for (const provider of [acme, globex]) provider.nextPerson = { sub: `${name}-there`, claims };
};

/** Somebody who has logged in by an identity provider. */
async function arrive(name: string, provider = 'acme'): Promise<{ browser: Browser; id: string }> {
  be(name);
  const browser = newBrowser();
  const { idTokenClaims } = await intranet.logIn(browser, { idp_hint: provider });
  return { browser, id: String(idTokenClaims['sub']) };
}

/** Somebody whose account both identity providers lead to, logged in by acme. */
async function arriveWithTwo(name: string): Promise<{ browser: Browser; id: string }> {
  const links = ['acme', 'globex'].map((identityProvider) => ({ identityProvider, subject: `${name}-there` }));
  const { status } = await (await site.admin()).request('POST', '/users', { username: name, links });
  expect(status).toBe(201);
  return arrive(name);
}

const open = (browser: Browser, path = ''): Promise<BrowserPage> => browser.open(`${site.url}/account${path}`);
const user = async (id: string): Promise<AdminAnswer['body']> => (await site.admin()).get(`/users/${id}`);
const linksOf = async (id: string): Promise<unknown[]> => {
  const { links } = await user(id);
  return namesIn(links, 'identityProvider');
};
const namesIn = (list: unknown, key: string): unknown[] =>
  Array.isArray(list)
    ? list.map((item: unknown): unknown => (typeof item === 'object' && item !== null ? Reflect.get(item, key) : undefined))
    : [];
const headingOf = ({ body }: BrowserPage): string | undefined => /<h1>([^<]*)<\/h1>/.exec(body)?.[1];
/** Where a link to an identity provider is taken away. */
function removal({ body }: BrowserPage, provider: string): string {
  const path = new RegExp(`<strong>${provider} Ltd</strong>(?:(?!<li>)[^])*?href="/account(/links/[^"]+)"`).exec(body)?.[1];
  if (path === undefined) throw new Error(`Nothing to remove ${provider} on ${body}`);
  return path;
}

describe('the ways to sign in', () => {
  test('are listed, and one is taken away after a question', async () => {
    const { browser, id } = await arriveWithTwo('anna');
    const page = await open(browser);
    const question = await open(browser, removal(page, 'globex'));
    expect({ heading: headingOf(question), text: question.text }).toMatchObject({ heading: 'Remove globex Ltd?' });
    expect(question.text).not.toContain('signed out');
    const after = await browser.press(question, 'Remove');
    expect({ url: after.url, heading: headingOf(after) }).toEqual({ url: `${site.url}/account`, heading: 'Anna' });
    expect(await linksOf(id)).toEqual(['acme']);
    expect(after.text).toContain('Your only way to sign in');
  });

  test('end at once what came by the one that goes: the person, too, if that was it', async () => {
    const { browser, id } = await arriveWithTwo('ben');
    const other = await arrive('ben', 'globex');
    expect(other.id).toBe(id);
    const question = await open(browser, removal(await open(browser), 'acme'));
    expect(question.text).toContain('you will be signed out');
    expect(headingOf(await browser.press(question, 'Remove'))).toBe('You are signed out');
    expect(headingOf(await open(browser))).toBe('Sign in');
    expect(headingOf(await open(other.browser))).toBe('Anna');
    expect((await open(other.browser)).text.match(/This browser, since/g)).toHaveLength(1);
    expect(await linksOf(id)).toEqual(['globex']);
  });

  test('are changed only by somebody who was there a moment ago: they sign in again, and come back', async () => {
    acme.authTime = now() - 660;
    const { browser, id } = await arriveWithTwo('chloe');
    const path = removal(await open(browser), 'globex');
    const signIn = await open(browser, path);
    expect(headingOf(signIn)).toBe('Sign in');
    acme.authTime = now();
    const question = await browser.press(signIn, 'Continue with acme Ltd');
    expect({ url: question.url, heading: headingOf(question) }).toEqual({
      url: `${site.url}/account${path}`,
      heading: 'Remove globex Ltd?',
    });
    await browser.press(question, 'Remove');
    expect(await linksOf(id)).toEqual(['acme']);
  });

  test('stay when the identity provider does not say when the person was there', async () => {
    acme.authTime = undefined;
    const { browser, id } = await arriveWithTwo('dora');
    const signIn = await open(browser, removal(await open(browser), 'globex'));
    const refused = await browser.press(signIn, 'Continue with acme Ltd');
    expect({ status: refused.status, text: refused.text }).toMatchObject({ status: 403, text: expect.stringContaining('unproven') });
    expect(await linksOf(id)).toEqual(['acme', 'globex']);
  });

  test('never lose the last one of an account without a password, also by a form that was made up', async () => {
    const { browser, id } = await arriveWithTwo('frida');
    const page = await open(browser);
    const [first, last] = [removal(page, 'globex'), removal(page, 'acme')];
    const question = await open(browser, last);
    await browser.press(await open(browser, first), 'Remove');
    const refused = await browser.press(question, 'Remove');
    expect({ status: refused.status, text: refused.text }).toMatchObject({
      status: 409,
      text: expect.stringContaining('your only way to sign in'),
    });
    expect((await open(browser, last)).status).toBe(409);
    expect(await linksOf(id)).toEqual(['acme']);
    await (await site.admin()).patch(`/users/${id}`, { password });
    await browser.press(await open(browser, last), 'Remove');
    expect(await linksOf(id)).toEqual([]);
    const signedIn = await browser.press(await open(browser), 'Sign in', { username: 'frida', password });
    expect(signedIn.text).toContain('None: you sign in with a password.');
  });

  test('are not those of somebody else, and go by their own form alone', async () => {
    const [mine, theirs] = [await arriveWithTwo('gustav'), await arriveWithTwo('hanna')];
    const [page, foreign] = [await open(mine.browser), await open(theirs.browser)];
    expect((await open(mine.browser, removal(foreign, 'globex'))).url).toBe(`${site.url}/account`);
    const question = await open(mine.browser, removal(page, 'globex'));
    const { action, fields } = question.form('Remove');
    const post = (to: string, csrf: string): Promise<BrowserPage> =>
      mine.browser.submit({ ...question.form('Remove'), action: to, fields: { csrf } });
    expect((await post(action, 'x')).status).toBe(400);
    await post(`${site.url}/account${removal(foreign, 'globex')}`, fields['csrf'] ?? '');
    expect([await linksOf(mine.id), await linksOf(theirs.id)]).toEqual([
      ['acme', 'globex'],
      ['acme', 'globex'],
    ]);
  });
});

describe('what somebody agreed to', () => {
  test('is shown, and taken back: what was kept because of it goes', async () => {
    be('karin');
    const browser = newBrowser();
    const asked = await intranet.ask(browser, { idp_hint: 'asking' });
    await intranet.redeem({ ...asked, page: await browser.press(asked.page, 'Agree and continue', { 'accepted-profile': 'givenName' }) });
    const page = await open(browser);
    expect(page.text).toMatch(/What you agreed to keep here.*Your profile.*Agreed .* UTC.*E-mail address/s);
    const after = await browser.press(page, 'Take back');
    expect(after.text).toMatch(/Your profile\s*Taken back; agreed .* UTC/);
    expect(after.forms.flatMap(({ buttons }) => buttons.map(({ label }) => label))).not.toContain('Take back');
    const [karin] = await (await site.admin()).list('/users?username=karin');
    expect(karin).toMatchObject({ attributes: {} });
    const forged = await browser.submit({
      ...page.form('Take back'),
      fields: { receipt: String(page.form('Take back').fields['receipt']) },
    });
    expect(forged.status).toBe(400);
  });

  test('is not taken back by somebody else', async () => {
    be('lena');
    const browser = newBrowser();
    const asked = await intranet.ask(browser, { idp_hint: 'asking' });
    await intranet.redeem({ ...asked, page: await browser.press(asked.page, 'Agree and continue') });
    const page = await open(browser);
    const { browser: thief } = await arrive('mallory');
    const own = await open(thief);
    const csrf = own.forms[0]?.fields['csrf'] ?? '';
    const { receipt = '' } = page.form('Take back').fields;
    await thief.submit({ ...page.form('Take back'), fields: { csrf, receipt } });
    expect((await open(browser)).text).toContain('Take back');
  });

  test('with an application is taken back: it asks again', async () => {
    const { browser } = await arrive('nils');
    const asked = await payroll.ask(browser);
    await payroll.redeem({ ...asked, page: await browser.press(asked.page, 'Agree and continue') });
    await payroll.logIn(browser);
    const page = await open(browser);
    expect(page.text).toMatch(/What applications may learn.*The payroll.*Agreed .* UTC.*E-mail address/s);
    const after = await browser.press(page, 'Take back');
    expect(after.text).not.toContain('What applications may learn');
    expect((await payroll.ask(browser)).page.text).toContain('What The payroll learns about you');
  });
});

describe('the export', () => {
  const download = async (browser: Browser): Promise<{ page: BrowserPage; told: Readonly<Record<string, unknown>> }> => {
    const page = await open(browser, '/export');
    return { page, told: parseObject(page.body) };
  };

  test('has everything that is kept', async () => {
    const { browser, id } = await arriveWithTwo('olga');
    await (await site.admin()).patch(`/users/${id}`, { attributes: { title: 'Dr' }, roles: ['developer'] });
    await intranet.logIn(browser);
    const { page, told } = await download(browser);
    expect({ type: page.headers.get('content-type'), disposition: page.headers.get('content-disposition') }).toEqual({
      type: 'application/json; charset=utf-8',
      disposition: 'attachment; filename="account.json"',
    });
    expect(told).toMatchObject({
      id,
      account: { username: 'olga', userStore: 'PRIMARY', enabled: true, locked: false, expiresAt: null, createdAt: expect.any(String) },
      attributes: {
        email: { value: 'olga@acme.example', by: 'idp', identityProvider: 'acme', verified: true },
        title: { value: 'Dr', by: 'local' },
      },
      roles: { developer: [{ by: 'local' }] },
      links: [
        { identityProvider: 'acme', issuer: acme.issuer, subject: 'olga-there', status: 'active' },
        { identityProvider: 'globex', issuer: globex.issuer, subject: 'olga-there', status: 'named' },
      ],
      consents: { receipts: [], applications: [] },
      sessions: [{ current: true, applications: ['intranet'] }],
      logins: [{ application: 'intranet', identityProvider: 'acme', outcome: 'answered', address: expect.any(String) }],
      journal: [{ outcome: 'link', username: 'olga' }],
    });
  });

  test('has all of many entries, in order', async () => {
    const { browser, id } = await arrive('pavel');
    for (let count = 0; count < 120; count += 1) {
      const claims = { preferred_username: 'pavel', given_name: `Pavel ${count}` };
      acme.nextPerson = { sub: 'pavel-there', claims };
      await intranet.logIn(newBrowser(), { idp_hint: 'acme' });
    }
    const { told } = await download(browser);
    for (const list of [told['journal'], told['logins']]) {
      const times = namesIn(list, 'createdAt').map(String);
      expect(times).toHaveLength(121);
      expect(times).toEqual([...times].sort());
    }
    expect(await user(id)).toMatchObject({ attributes: { givenName: 'Pavel 119' } });
  });

  test('has what happened while the account was locked', async () => {
    const { browser, id } = await arrive('rita');
    const admin = await site.admin();
    await admin.patch(`/users/${id}`, { locked: true });
    await newBrowser().open((await intranet.request({ idp_hint: 'acme' })).redirectTo);
    await admin.patch(`/users/${id}`, { locked: false });
    await intranet.logIn(browser, { idp_hint: 'acme' });
    const { told } = await download(browser);
    expect(namesIn(told['logins'], 'code')).toEqual([null, 'account.locked', null]);
    expect(namesIn(told['journal'], 'code')).toEqual([null, 'account.locked', null]);
  });

  test('has what happened before there was an account', async () => {
    const before = await arrive('sven', 'passing');
    const asked = await payroll.ask(before.browser);
    await payroll.redeem({ ...asked, page: await before.browser.press(asked.page, 'Agree and continue') });
    const links = [{ identityProvider: 'passing', subject: 'sven-there' }];
    const created = await (await site.admin()).request('POST', '/users', { username: 'sven', links });
    const { browser, id } = await arrive('sven', 'passing');
    expect([id, id === before.id]).toEqual([created.body['id'], false]);
    const { told } = await download(browser);
    expect(namesIn(told['logins'], 'subject')).toEqual([before.id, before.id, id]);
    expect(namesIn(told['journal'], 'outcome')).toEqual(['skip', 'link']);
    expect(told['consents']).toMatchObject({ applications: [{ application: 'payroll', claims: expect.arrayContaining(['email']) }] });
  });

  test('is for whoever is signed in', async () => {
    const page = await open(newBrowser(), '/export');
    expect(headingOf(page)).toBe('Sign in');
  });
});

test.each([
  ['locked', { locked: true }],
  ['expired', { expiresAt: '2026-01-01T00:00:00Z' }],
  ['disabled', { enabled: false }],
])('an account that is %s shows nothing', async (what, change) => {
  const { browser, id } = await arrive(`quentin-${what}`);
  await (await site.admin()).patch(`/users/${id}`, change);
  for (const path of ['', '/export', '/links/0b0b0b0b-0000-7000-8000-000000000001']) {
    expect(headingOf(await open(browser, path))).toBe('Sign in');
  }
});
