import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startIdentityProvider, type IdentityProvider } from '../../apps/demo/identity-provider/index.js';
import { freePorts } from '../../apps/demo/ports.js';
import { ScriptedProvider } from '../support/scripted-provider.js';
import { Application, applicationSettings, newBrowser, providerSettings } from './parties.js';
import { adminPassword, Site, until } from './site.js';

let acme: IdentityProvider;
let globex: ScriptedProvider;
let site: Site;
let intranet: Application;

beforeAll(async () => {
  const port = await freePorts();
  const client = { client_id: 'foyer', client_secret: 'secret of Foyer at acme' };
  acme = await startIdentityProvider({
    port: 0,
    clients: [{ ...client, redirect_uris: [`http://localhost:${port}/federation/oidc/callback/acme`] }],
  });
  globex = await ScriptedProvider.start();
  site = await Site.start({
    port,
    settings: {
      identityProviders: [providerSettings('acme', acme.issuer), providerSettings('globex', globex.issuer)],
      applications: [
        applicationSettings('intranet', { identityProviders: ['acme', 'globex'], local: true }),
        applicationSettings('wiki', { identityProviders: ['acme'], local: true }),
      ],
    },
  });
  intranet = new Application(site, 'intranet');
});
afterAll(async () => {
  await site.close();
  await Promise.all([acme.close(), globex.close()]);
});

test('a crash in the middle of logins costs nobody their login, session or tokens', async () => {
  const [anna, ben, admin] = [newBrowser(), newBrowser(), newBrowser()];
  const before = await intranet.ask(anna, { idp_hint: 'acme' });
  const annas = await intranet.redeem({
    ...before,
    page: await anna.press(before.page, 'Log in', { username: 'anna', password: 'anna-pass' }),
  });
  const atProvider = await intranet.ask(ben, { idp_hint: 'acme' });
  const atChooser = await intranet.ask(admin);
  const { page: withCode, pending } = await intranet.ask(anna);

  await site.crashAndRestart();

  const back = await ben.press(atProvider.page, 'Log in', { username: 'ben', password: 'ben-pass' });
  expect((await intranet.redeem({ ...atProvider, page: back })).userinfo['preferred_username']).toBe('ben');
  const signedIn = await admin.press(atChooser.page, 'Sign in', { username: 'admin', password: adminPassword });
  expect((await intranet.redeem({ ...atChooser, page: signedIn })).userinfo['preferred_username']).toBe('admin');
  expect((await intranet.redeem({ page: withCode, pending })).idTokenClaims['sub']).toBe(annas.idTokenClaims['sub']);
  expect((await intranet.refresh(annas)).userinfo['preferred_username']).toBe('anna');
  const elsewhere = await new Application(site, 'wiki').logIn(anna, { prompt: 'none' });
  expect(elsewhere.idTokenClaims['sub']).toBe(annas.idTokenClaims['sub']);
  const account = await anna.open(`${site.url}/account`);
  expect(account.text).toContain('This browser, since');
});

test('a login that the crash met while it was being answered ends as one account, and can be tried again', async () => {
  const browser = newBrowser();
  const asked = await intranet.ask(browser, { idp_hint: 'acme' });
  const answering = browser.press(asked.page, 'Log in', { username: 'chloe', password: 'chloe-pass' }).catch(() => undefined);
  await site.crashAndRestart();
  await answering;
  // The session at the identity provider lets her through at once, if she got that far.
  const again = await intranet.ask(browser, { idp_hint: 'acme' });
  const page = again.page.redirectTo
    ? again.page
    : await browser.press(again.page, 'Log in', { username: 'chloe', password: 'chloe-pass' });
  expect((await intranet.redeem({ ...again, page })).userinfo['preferred_username']).toBe('chloe');
  expect(await (await site.admin()).get('/users?username=chloe')).toMatchObject({ total: 1, items: [{ links: [{ active: true }] }] });
});

test('who is in the middle of a step when the server is asked to stop gets that step done, and goes on after the next start', async () => {
  const browser = newBrowser();
  const { redirectTo, pending } = await intranet.request({ idp_hint: 'globex' });
  const begun = await fetch(redirectTo, { redirect: 'manual' });
  browser.cookies.take(new URL(site.url), begun);
  const back = new URL(globex.authorize(begun.headers.get('location') ?? ''));

  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  globex.misbehaviour.delay = (path) => (path === '/token' ? held : undefined);
  const answered = browser.open(back);
  await until('the identity provider is asked for the token', () => globex.requests.some(({ path }) => path === '/token'));
  const stopped = site.stop();
  await site.logged({ msg: 'stopping' });
  await until('nobody is let in any more', () =>
    fetch(`${site.url}/health/live`).then(
      () => false,
      () => true,
    ),
  );
  release();
  const page = await answered;
  expect(page.status).toBe(303);
  await stopped;

  await site.startAgain();
  const person = await intranet.redeem({ page, pending });
  expect(person.userinfo['preferred_username']).toEqual(expect.stringMatching(/^user-/));
});
