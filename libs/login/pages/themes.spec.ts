import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FoyerError, SqliteState } from '@foyer/platform';
import { schema } from '../../../ormconfig.js';
import { Authentications } from '../authentications.js';
import type { BrowserSession, BrowserSessions } from '../contract.js';
import { startLoginApp, type LoginApp } from '../login-app.conformance.js';
import { application, Browser, identityProvider, LoginWorld } from '../login-world.conformance.js';

const folder = mkdtempSync(join(tmpdir(), 'foyer-themed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let current: BrowserSession | undefined;
const sessions: BrowserSessions = {
  current: async () => current,
  listOf: async () => [],
  end: async () => undefined,
  startAccountLogin: () => '/',
};

let world: LoginWorld;
let app: LoginApp;
let browser: Browser;
let themeDir: string;

beforeEach(async () => {
  themeDir = mkdtempSync(join(folder, 'themes-'));
  world = new LoginWorld((clock) => SqliteState.open(join(themeDir, 'state.db'), clock));
  world.providers = [identityProvider('acme'), identityProvider('beta')];
  world.apps = [application({ identityProviders: ['acme', 'beta'], local: true })];
  browser = new Browser();
  current = undefined;
  app = await startLoginApp(world, { folder, schema, sessions, themeDir });
});
afterEach(() => app.close());

const write = (path: string, content: string): void => {
  mkdirSync(join(themeDir, path, '..'), { recursive: true });
  writeFileSync(join(themeDir, path), content);
};
const badge = (theme: string): void => write(`${theme}/templates/layout.hbs`, `[${theme} {{language}}]{{body}}`);

async function begin(request = {}): Promise<string> {
  const hop = await app.flow.begin(world.request(request));
  browser.keep(hop.cookies);
  return hop.redirectTo.replace(world.settings.publicUrl, '');
}

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(app.address + path, { headers: { cookie: browser.cookies, ...headers }, redirect: 'manual' });

/** Leads a login to a provider that fails. */
async function failAt(provider: string): Promise<string> {
  const state = world.stateOf(await begin({ identityProviderHint: provider }));
  world.completeWith = () => Promise.reject(new FoyerError('forbidden', 'idp.denied', 'Refused.'));
  return (await get(`/federation/oidc/callback/${provider}?state=${state}&code=c`)).text();
}

describe('the language of a page', () => {
  test.each([
    [[], undefined, 'en', 'Sign in'],
    [[], 'sv, de-AT;q=0.9, fr;q=0.5', 'de', 'Anmelden'],
    [['fr-CA', 'de'], 'ja', 'fr', 'Se connecter'],
    [['xx'], 'ar', 'ar', 'تسجيل الدخول'],
    [['<script>'], 'zz-zz, *;q=0.5', 'en', 'Sign in'],
  ])('%j and the browser’s %s lead to %s', async (uiLocales, accepted, language, heading) => {
    const path = await begin({ uiLocales });
    const response = await get(path, accepted === undefined ? {} : { 'accept-language': accepted });
    expect(response.headers.get('content-language')).toBe(language);
    expect(response.headers.get('vary')).toContain('Accept-Language');
    const html = await response.text();
    expect(html).toContain(`<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">`);
    expect(html).toContain(`<h1>${heading}</h1>`);
  });

  test('is that of the login on its error pages too', async () => {
    const state = world.stateOf(await begin({ identityProviderHint: 'acme', uiLocales: ['es'] }));
    world.completeWith = () => Promise.reject(new FoyerError('upstreamSilent', 'idp.timeout', 'It is silent.'));
    const response = await get(`/federation/oidc/callback/acme?state=${state}&code=c`, { 'accept-language': 'de' });
    expect([response.status, response.headers.get('content-language')]).toEqual([504, 'es']);
    expect(await response.text()).toContain('Su proveedor de identidad no responde');
  });
});

describe('the theme of a page', () => {
  test('is that of the application, before that of the identity provider', async () => {
    badge('ours');
    badge('theirs');
    world.apps = [application({ identityProviders: ['acme', 'beta'], local: true }, { theme: 'ours' })];
    world.providers = [identityProvider('acme', { theme: 'theirs' }), identityProvider('beta')];
    expect(await (await get(await begin())).text()).toContain('[ours en]');
    expect(await failAt('acme')).toContain('[ours en]');
  });

  test('is that of the identity provider that the person was sent to, where the application has none', async () => {
    badge('theirs');
    badge('foyer');
    world.providers = [identityProvider('acme', { theme: 'theirs' }), identityProvider('beta')];
    expect(await (await get(await begin())).text()).toContain('[foyer en]');
    expect(await failAt('acme')).toContain('[theirs en]');
    expect(await failAt('beta')).toContain('[foyer en]');
  });

  test('of /account is that of the identity provider through which the person is here', async () => {
    badge('theirs');
    world.providers = [identityProvider('acme', { theme: 'theirs' }), identityProvider('beta')];
    current = { sessionId: 's-1', loginId: 'l-1', subject: 'somebody' };
    const { id, name } = identityProvider('acme');
    const told = { subject: 'somebody', account: false, attributes: { email: 'anna@acme.example' }, authTime: 0, authTimeProven: false };
    const authentications = new Authentications(world.state, world.identityProviders);
    await authentications.save({ loginId: 'l-1', identityProvider: { id, name }, ...told }, world.clock.time + 60_000);
    const html = await (await get('/account', { 'accept-language': 'de' })).text();
    expect(html).toMatch(/\[theirs de\][^]*<th scope="row">E-Mail-Adresse<\/th>/);
  });

  test('gives way, page by page, to the default where it is broken: one line in the log, however many people come', async () => {
    world.apps = [application({ identityProviders: ['acme', 'beta'], local: true }, { theme: 'ours' })];
    badge('ours');
    write('ours/templates/sign-in.hbs', '{{#each}}');
    for (const path of [await begin(), await begin(), await begin()]) {
      const response = await get(path);
      expect(response.status).toBe(200);
      expect(await response.text()).toMatch(/^\[ours en\][^]*Continue with acme Ltd/);
    }
    const lines = app.lines.filter(({ level, path }) => level === 'warn' && path !== undefined);
    expect(lines).toEqual([expect.objectContaining({ path: join(themeDir, 'ours/templates/sign-in.hbs'), err: expect.anything() })]);
  });
});
