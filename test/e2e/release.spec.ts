import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from '../../apps/demo/browserless/index.js';
import { ScriptedProvider } from '../support/scripted-provider.js';
import { jsonObject } from './admin-client.js';
import { Application, applicationSettings, loginIdOn, newBrowser, providerSettings } from './parties.js';
import { Site } from './site.js';

let acme: ScriptedProvider;
/** Speaks for the same people, and nobody trusts it with much. */
let weak: ScriptedProvider;
let site: Site;

const person = (hint: string) => ({
  sub: `subject-of-${hint}`,
  claims: { preferred_username: hint, email: `${hint}@acme.example`, email_verified: true, given_name: 'Anna', team: ['blue'] },
});

beforeAll(async () => {
  [acme, weak] = [await ScriptedProvider.start(0, person), await ScriptedProvider.start(0, person)];
  const forwarding = (name: string, issuer: string, changes: object = {}): object =>
    providerSettings(name, issuer, { oidc: { issuer, clientId: 'foyer', clientSecret: 'secret', forward: ['login_hint'] }, ...changes });
  const open = { identityProviders: ['acme'] };
  const jit = { enabled: true, trustedDomains: ['acme.example'] };
  const roles = { mappings: [{ remote: 'blue', local: 'painter' }] };
  const mappings = [
    { from: 'given_name', to: 'givenName', owner: 'local' },
    { from: 'email', to: 'email' },
  ];
  site = await Site.start({
    settings: {
      identityProviders: [
        forwarding('acme', acme.issuer, { jit, roles, claims: { userId: 'preferred_username', roles: 'team', mappings } }),
        forwarding('weak', weak.issuer, { jit: { enabled: false } }),
        forwarding('visitors', acme.issuer, { jit: { enabled: false } }),
      ],
      applications: [
        applicationSettings('intranet', { identityProviders: ['acme', 'weak'] }),
        applicationSettings('payroll', open, { consent: 'ask', claims: { requested: ['department', 'roles'] } }),
        applicationSettings('parcels', open, {
          claims: { requested: ['phoneNumber', 'email'], mandatory: ['phoneNumber', 'email'], idToken: ['phoneNumber'] },
        }),
        applicationSettings(
          'desk',
          { identityProviders: ['visitors'] },
          { claims: { requested: ['email', 'nickName'], mandatory: ['nickName'] } },
        ),
        applicationSettings('partner', open, { assertIdentity: 'external', claims: { requested: ['groups'] } }),
        applicationSettings('clinic', open, {
          ...{ consent: 'ask', assertIdentity: 'external' },
          oidc: {
            clientId: 'clinic',
            clientSecret: 'secret-of-clinic',
            redirectUris: ['https://clinic.example/callback'],
            subjectType: 'pairwise',
          },
        }),
      ],
    },
  });
});
afterAll(async () => {
  await site.close();
  await Promise.all([acme.close(), weak.close()]);
});

const app = (name: string, scope?: string): Application => new Application(site, name, scope);
const codeOn = (text: string): string | undefined => /Code (\S+)/.exec(text)?.[1];
const logIn = (name: string, browser: Browser, username: string) => app(name).logIn(browser, { login_hint: username, idp_hint: 'acme' });

describe('an application that asks for consent', () => {
  test('is told what the person sees and agrees to, who is asked once', async () => {
    const payroll = app('payroll');
    const browser = newBrowser();
    const { page, pending } = await payroll.ask(browser, { login_hint: 'anna' });
    expect(page.title).toBe('What The payroll learns about you');
    expect(new URL(page.url).pathname).toMatch(/^\/login\/[0-9a-f-]{36}$/);
    expect(page.text).toMatch(/E-mail address anna@acme\.example.*E-mail address verified Yes.*Given name|Given name.*E-mail address/s);
    expect(page.text).toMatch(/As soon as they are known here:.*Department/s);
    const account = await payroll.redeem({ page: await browser.press(page, 'Agree and continue'), pending });
    expect(account.userinfo).toMatchObject({ given_name: 'Anna', email: 'anna@acme.example', email_verified: true, roles: ['painter'] });
    expect((await payroll.refresh(account)).userinfo).toEqual(account.userinfo);

    const again = await payroll.logIn(newBrowser(), { login_hint: 'anna' });
    expect(again.idTokenClaims['sub']).toBe(account.idTokenClaims['sub']);
    const more = await app('payroll', 'openid phone').ask(browser);
    expect(more.page.title).toBe('What The payroll learns about you');
  });

  test('is told nothing when the person does not agree', async () => {
    const payroll = app('payroll');
    const browser = newBrowser();
    const { page, pending } = await payroll.ask(browser, { login_hint: 'ben' });
    const refused = await browser.press(page, 'Do not agree');
    expect([refused.status, codeOn(refused.text)]).toEqual([403, 'consent.application.refused']);
    const answer = payroll.answer(await browser.press(refused, 'Back to The payroll'));
    expect(Object.fromEntries(answer.searchParams)).toMatchObject({ error: 'access_denied', state: pending.state, iss: site.url });
    expect(answer.href).not.toContain('ben');
    const api = await site.admin();
    expect(await api.get(`/logins/${loginIdOn(refused)}`)).toMatchObject({
      outcome: 'denied',
      step: 'release',
      code: 'consent.application.refused',
    });
    // Nobody is signed in by it.
    expect((await browser.open(`${site.url}/account`)).title).not.toContain('Your account');
  });

  test('asks whoever is signed in, without their identity provider; silence and insistence are heard', async () => {
    const browser = newBrowser();
    await logIn('intranet', browser, 'chloe');
    const payroll = app('payroll');
    const silent = await payroll.ask(browser, { prompt: 'none' });
    expect(payroll.answer(silent.page).searchParams.get('error')).toBe('consent_required');
    const before = acme.requests.length;
    const asked = await payroll.ask(browser);
    expect(asked.page.title).toBe('What The payroll learns about you');
    const agreed = await payroll.redeem({ ...asked, page: await browser.press(asked.page, 'Agree and continue') });
    expect(agreed.userinfo['email']).toBe('chloe@acme.example');
    expect(acme.requests.slice(before).map(({ path }) => path)).not.toContain('/authorize');

    const now = await payroll.ask(browser, { prompt: 'none' });
    expect((await payroll.redeem(now)).userinfo).toEqual(agreed.userinfo);
    const insisting = await payroll.ask(browser, { prompt: 'consent' });
    expect(insisting.page.title).toBe('What The payroll learns about you');
    await payroll.redeem({ ...insisting, page: await browser.press(insisting.page, 'Agree and continue') });
  });

  test('two tabs, the back button and a form sent twice all end well', async () => {
    const payroll = app('payroll');
    const browser = newBrowser();
    const [one, other] = [await payroll.ask(browser, { login_hint: 'dora' }), await payroll.ask(browser, { login_hint: 'dora' })];
    const form = one.page.form('Agree and continue');
    const both = await Promise.all([1, 2].map(() => browser.submit(form, { decision: 'agree' })));
    const [first, second] = both.map(({ redirectTo, url }) => redirectTo ?? url);
    expect(first === second || [first, second].some((address) => address?.startsWith(payroll.redirectUri))).toBe(true);
    const back = await browser.open(one.page.url);
    expect(back.status).toBe(400);
    const { page, pending } = other;
    expect((await payroll.redeem({ page: await browser.press(page, 'Agree and continue'), pending })).userinfo['given_name']).toBe('Anna');
  });

  test('consent that the person takes back on /account ends what was given on it, at once, and is asked for again', async () => {
    const payroll = app('payroll');
    const browser = newBrowser();
    const { page, pending } = await payroll.ask(browser, { login_hint: 'olga' });
    const told = await payroll.redeem({ page: await browser.press(page, 'Agree and continue'), pending });
    const account = await browser.open(`${site.url}/account`);
    expect(account.text).toContain('The payroll');
    await browser.press(account, 'Take back');
    const userinfo = await fetch(`${site.url}/oauth2/userinfo`, { headers: { authorization: `Bearer ${told.accessToken}` } });
    expect(userinfo.status).toBe(401);
    await expect(payroll.refresh(told)).rejects.toMatchObject({ error: 'invalid_grant' });
    expect((await payroll.ask(browser)).page.title).toBe('What The payroll learns about you');
  });

  test('another browser cannot answer the question, nor see it', async () => {
    const payroll = app('payroll');
    const { page } = await payroll.ask(newBrowser(), { login_hint: 'emil' });
    const thief = newBrowser();
    const seen = await thief.open(page.url);
    expect([seen.status, codeOn(seen.text)]).toEqual([400, 'login.otherBrowser']);
    expect(seen.text).not.toContain('emil@acme.example');
    const answered = await thief.press(page, 'Agree and continue');
    expect(codeOn(answered.text)).toBe('login.otherBrowser');
  });

  test('a form without its token, or of another login, agrees to nothing', async () => {
    const payroll = app('payroll');
    const browser = newBrowser();
    const { page } = await payroll.ask(browser, { login_hint: 'fritz' });
    const other = await payroll.ask(browser, { login_hint: 'fritz' });
    const form = page.form('Agree and continue');
    for (const csrf of ['', 'x'.repeat(43), other.page.form('Agree and continue').fields['csrf'] ?? '']) {
      expect(codeOn((await browser.submit(form, { csrf, decision: 'agree' })).text)).toBe('login.csrf');
    }
    expect((await browser.open(page.url)).title).toBe('What The payroll learns about you');
  });

  test('whoever signed out in another tab cannot be signed in again by the page that was left open', async () => {
    const browser = newBrowser();
    const intranet = await logIn('intranet', browser, 'greta');
    const { page } = await app('payroll').ask(browser);
    const account = await browser.open(`${site.url}/account`);
    await browser.press(account, 'Sign out');
    const late = await browser.press(page, 'Agree and continue');
    expect([late.status, codeOn(late.text)]).toEqual([400, 'login.signedOut']);
    expect((await browser.open(page.url)).text).not.toContain('greta@acme.example');
    expect(intranet.userinfo['email']).toBe('greta@acme.example');
  });
});

describe('an application that must know something', () => {
  test('is told what the person types, and the account keeps it if they say so', async () => {
    const parcels = app('parcels', 'openid');
    const browser = newBrowser();
    const { page, pending } = await parcels.ask(browser, { login_hint: 'hugo' });
    expect(page.title).toBe('What The parcels learns about you');
    expect(page.form('Continue').fields).not.toHaveProperty('attribute.email');
    const wrong = await browser.press(page, 'Continue', { 'attribute.phoneNumber': 'none' });
    expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining('This is not a phone number.')]);
    const typed = { 'attribute.phoneNumber': '+46 70 1', 'attribute.email': 'evil@evil.example', keep: 'yes' };
    const told = await parcels.redeem({ page: await browser.press(wrong, 'Continue', typed), pending });
    expect(told.idTokenClaims).toMatchObject({ phone_number: '+46 70 1' });
    expect(told.userinfo).toMatchObject({ phone_number: '+46 70 1', email: 'hugo@acme.example' });

    const api = await site.admin();
    const user = await api.get(`/users/${String(told.idTokenClaims['sub'])}`);
    expect(user).toMatchObject({ attributes: { phoneNumber: '+46 70 1', email: 'hugo@acme.example' } });
    expect((await browser.open(`${site.url}/account`)).text).toMatch(/\+46 70 1\s*You/);
    expect((await parcels.logIn(newBrowser(), { login_hint: 'hugo' })).userinfo).toEqual(told.userinfo);
  });

  test('is told for this login only when the person does not want it kept, and no other application is', async () => {
    const parcels = app('parcels', 'openid offline_access');
    const browser = newBrowser();
    const { page, pending } = await parcels.ask(browser, { login_hint: 'ines' });
    const told = await parcels.redeem({ page: await browser.press(page, 'Continue', { 'attribute.phoneNumber': '+46 70 2' }), pending });
    expect((await parcels.refresh(told)).userinfo['phone_number']).toBe('+46 70 2');
    expect((await app('intranet', 'openid phone').logIn(browser)).userinfo).not.toHaveProperty('phone_number');
    expect((await parcels.ask(browser, { prompt: 'none' })).page.redirectTo).toContain('code=');
    const api = await site.admin();
    const user = await api.get(`/users/${String(told.idTokenClaims['sub'])}`);
    expect(JSON.stringify(user)).not.toContain('+46 70 2');
    expect((await parcels.ask(newBrowser(), { login_hint: 'ines' })).page.title).toBe('What The parcels learns about you');
  });

  test('gets an error when the person does not tell, or must not be asked', async () => {
    const parcels = app('parcels');
    const browser = newBrowser();
    await logIn('intranet', browser, 'jon');
    const silent = await parcels.ask(browser, { prompt: 'none' });
    expect(parcels.answer(silent.page).searchParams.get('error')).toBe('interaction_required');
    const { page } = await parcels.ask(browser);
    const refused = await browser.press(page, 'Do not tell');
    expect([refused.status, codeOn(refused.text)]).toEqual([403, 'claims.missing']);
    const answer = parcels.answer(await browser.press(refused, 'Back to The parcels'));
    expect(answer.searchParams.get('error')).toBe('access_denied');
  });

  test('is told by people without an account, too, and nothing is kept', async () => {
    const desk = app('desk');
    const browser = newBrowser();
    const { page, pending } = await desk.ask(browser, { login_hint: 'kim' });
    expect(page.text).not.toContain('Keep what I typed');
    // What cannot be kept is said, and not silently released.
    const keeping = await browser.press(page, 'Continue', { 'attribute.nickName': 'Kimmy', keep: 'yes' });
    expect([keeping.status, keeping.text]).toEqual([503, expect.stringContaining('cannot be kept')]);
    const again = await browser.open(page.url);
    const fine = await desk.redeem({ page: await browser.press(again, 'Continue', { 'attribute.nickName': 'Kimmy' }), pending });
    expect(fine.userinfo).toMatchObject({ nickname: 'Kimmy', email: 'kim@acme.example' });
  });
});

describe('whose identity an application is told', () => {
  test('the account’s, or what the identity provider says at each login; the sub is the same', async () => {
    const first = await app('partner', 'openid profile email roles').logIn(newBrowser(), { login_hint: 'lea' });
    const api = await site.admin();
    const userId = String(first.idTokenClaims['sub']);
    await api.patch(`/users/${userId}`, { attributes: { givenName: 'Lea Local' }, roles: ['painter', 'approver'] });
    const external = await app('partner', 'openid profile email roles').logIn(newBrowser(), { login_hint: 'lea' });
    expect(external.userinfo).toEqual({
      ...{ sub: userId, given_name: 'Anna', email: 'lea@acme.example', email_verified: true },
      ...{ roles: ['painter'], groups: [], idp: 'acme', external_sub: 'subject-of-lea' },
    });
    const local = await app('intranet', 'openid profile email roles').logIn(newBrowser(), { login_hint: 'lea', idp_hint: 'acme' });
    expect(local.userinfo).toMatchObject({ sub: userId, given_name: 'Lea Local', roles: expect.arrayContaining(['approver', 'painter']) });
    expect(local.userinfo).not.toHaveProperty('external_sub');
  });

  test('a pairwise client never sees the id, also when it asks and is told the external identity', async () => {
    const clinic = app('clinic');
    const browser = newBrowser();
    const { page, pending } = await clinic.ask(browser, { login_hint: 'mia' });
    expect(page.text).toContain('Your identifier there');
    const told = await clinic.redeem({ page: await browser.press(page, 'Agree and continue'), pending });
    const { userinfo } = await logIn('intranet', browser, 'mia');
    expect(told.userinfo['sub']).toMatch(/^[\w-]{43}$/);
    expect(JSON.stringify([told, page.text])).not.toContain(String(userinfo['sub']));
    await site.crashAndRestart();
    expect((await clinic.logIn(newBrowser(), { login_hint: 'mia' })).userinfo['sub']).toBe(told.userinfo['sub']);
    const body = new URLSearchParams({ token: told.refreshToken ?? '' });
    const introspected = await fetch(`${site.url}/oauth2/introspect`, {
      method: 'POST',
      headers: { authorization: clinic.authorization },
      body,
    });
    expect(await jsonObject(introspected)).toMatchObject({ active: true, sub: told.userinfo['sub'] });
  });
});

describe('which identity provider may open which application', () => {
  test.each(['payroll', 'parcels', 'partner'])('a session of a weak one does not open %s, and asks nothing of its person', async (name) => {
    const browser = newBrowser();
    await app('intranet').logIn(browser, { login_hint: 'nils', idp_hint: 'weak' });
    const application = app(name);
    const silent = await application.ask(browser, { prompt: 'none' });
    expect(application.answer(silent.page).searchParams.get('error')).toBe('login_required');
    const before = acme.requests.length;
    await application.ask(browser, { login_hint: 'nils' });
    expect(acme.requests.slice(before).map(({ path }) => path)).toContain('/authorize');
  });
});
