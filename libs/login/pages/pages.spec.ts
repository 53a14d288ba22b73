import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FoyerError, SqliteState } from '@foyer/platform';
import { schema } from '../../../ormconfig.js';
import type { BrowserSessions } from '../contract.js';
import { startLoginApp, type LoginApp } from '../login-app.conformance.js';
import { application, Browser, identityProvider, LoginWorld } from '../login-world.conformance.js';

const folder = mkdtempSync(join(tmpdir(), 'foyer-pages-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let world: LoginWorld;
let app: LoginApp;
let browser: Browser;
let files = 0;
let scopes: string[];

/** Nobody is logged in. */
const sessions: BrowserSessions = {
  current: async () => undefined,
  listOf: async () => [],
  end: async () => undefined,
  startAccountLogin: () => '/',
};

beforeEach(async () => {
  const file = join(folder, `${(files += 1)}.db`);
  world = new LoginWorld((clock) => SqliteState.open(file, clock));
  world.providers = [
    identityProvider('acme', { homeRealms: ['acme.example'], displayName: 'Acme & <Sons>' }),
    identityProvider('beta', { displayName: 'Beta' }),
  ];
  world.apps = [application({ identityProviders: ['acme', 'beta'], local: true })];
  browser = new Browser();
  scopes = ['logins:read'];
  app = await startLoginApp(world, { folder, schema, sessions, scopes });
});
afterEach(() => app.close());

const get = (path: string, cookies = browser.cookies) => fetch(app.address + path, { headers: { cookie: cookies }, redirect: 'manual' });
const post = (path: string, form: Record<string, string>, cookies = browser.cookies) =>
  fetch(app.address + path, { method: 'POST', body: new URLSearchParams(form), headers: { cookie: cookies }, redirect: 'manual' });

/** Begins a login and returns the path that the browser is sent to. */
async function begin(request = {}): Promise<string> {
  const hop = await app.flow.begin(world.request(request));
  browser.keep(hop.cookies);
  return hop.redirectTo.replace(world.settings.publicUrl, '');
}

const tokenIn = (html: string): string => /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? '';

/** The page's heading and, if it has them, its code and its login id. */
const facts = (html: string): { heading?: string; code?: string; loginId?: string } => ({
  heading: /<h1>([^<]*)/.exec(html)?.[1],
  code: /<dt>Code<\/dt><dd><code>([^<]*)/.exec(html)?.[1],
  loginId: /<dt>Login<\/dt><dd><code>([^<]*)/.exec(html)?.[1],
});

describe('the sign-in page', () => {
  test('offers what the application allows, escaped, uncached, and under a strict policy', async () => {
    const response = await get(await begin({ forward: { loginHint: 'anna' } }));
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    const html = await response.text();
    expect(html).toContain('Continue with Acme &amp; &lt;Sons&gt;');
    expect(html).toContain('value="beta"');
    expect(html).toContain(
      'id="username" name="username" type="text" autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="255" value="anna"',
    );
    expect(html).not.toMatch(/<script|style=/);
  });

  test('leads from the choice to the provider, and from there to the application', async () => {
    const page = await begin();
    const csrf = tokenIn(await (await get(page)).text());
    const chosen = await post(`${page}/choose`, { csrf, provider: 'beta' });
    expect(chosen.status).toBe(303);
    const state = world.stateOf(chosen.headers.get('location') ?? '');
    const answered = await get(`/federation/oidc/callback/beta?state=${state}&code=c`);
    expect(answered.status).toBe(303);
    expect(answered.headers.get('location')).toBe('https://app.example/answered/corr-1');
    expect(answered.headers.get('set-cookie')).toMatch(/^foyer_login_[0-9a-f]{12}=; Path=\/; Max-Age=0; HttpOnly; SameSite=Lax$/);
  });

  test('says the same of every password that does not match, and keeps the username', async () => {
    const page = await begin();
    const csrf = tokenIn(await (await get(page)).text());
    const answers = await Promise.all(
      ['anna', 'nobody', 'disabled'].map(async (username) => {
        const response = await post(`${page}/password`, { csrf, username, password: username === 'disabled' ? 'right' : 'wrong' });
        return [response.status, (await response.text()).replaceAll(username, 'X')];
      }),
    );
    expect(answers[0]?.[0]).toBe(403);
    expect(answers[0]?.[1]).toContain('role="alert"');
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });

  test('tells how long to wait after too many failures', async () => {
    const page = await begin();
    const csrf = tokenIn(await (await get(page)).text());
    for (let index = 0; index < 10; index += 1) await post(`${page}/password`, { csrf, username: 'anna', password: 'wrong' });
    const response = await post(`${page}/password`, { csrf, username: 'anna', password: 'right' });
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '300']);
  });

  test('a form without its token changes nothing', async () => {
    const page = await begin();
    const response = await post(`${page}/password`, { username: 'anna', password: 'right' });
    expect(response.status).toBe(400);
    expect(facts(await response.text())).toMatchObject({ code: 'login.csrf', loginId: page.split('/').at(-1) });
    expect(world.verified).toBe(0);
  });
});

describe('a refused request', () => {
  test('from another browser gets a page with the way to the application, is counted and logged, and harms nobody', async () => {
    const state = world.stateOf(await begin({ identityProviderHint: 'acme' }));
    const callback = `/federation/oidc/callback/acme?state=${state}&code=c`;
    const response = await get(callback, '');
    expect(response.status).toBe(400);
    const html = await response.text();
    expect(facts(html)).toMatchObject({ code: 'login.otherBrowser', loginId: state.split('.')[0] });
    expect(html).toContain('<a class="button primary" href="https://app.example/">Back to The Intranet</a>');
    expect((await app.metrics.text()).body).toContain('foyer_login_requests_refused_total{code="login.otherBrowser"} 1');
    expect(app.lines).toContainEqual(expect.objectContaining({ code: 'login.otherBrowser', loginId: state.split('.')[0] }));
    expect((await get(callback)).status).toBe(303);
  });

  test('repeated after the login ended is told so, and an answer that got lost can still be had', async () => {
    const state = world.stateOf(await begin({ identityProviderHint: 'acme' }));
    const callback = `/federation/oidc/callback/acme?state=${state}&code=c`;
    await get(callback);
    const response = await get(callback);
    const html = await response.text();
    expect([response.status, facts(html).code]).toEqual([400, 'login.repeated']);
    const onward = await post(`/login/${state.split('.')[0]}/return`, { csrf: tokenIn(html) });
    expect(onward.headers.get('location')).toBe('https://app.example/answered/corr-1');
    expect(world.answered).toHaveLength(1);
  });

  test.each([
    '/federation/oidc/callback/acme',
    '/federation/oidc/callback/acme?state=a&state=b',
    '/federation/oidc/callback/acme?state[x]=a',
    '/login/nothing',
    '/login/018f0000-0000-7000-8000-000000000000',
  ])('%s is a page, too', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(400);
    expect(facts(await response.text()).code).toMatch(/^login\.(expired|badRequest)$/);
  });
});

describe('a failed login', () => {
  test.each([
    [new FoyerError('upstreamWrong', 'idp.token.signature', 'The signature is wrong.', { cause: new Error('kid 7') }), 502],
    [new FoyerError('upstreamSilent', 'idp.timeout', 'It is silent.'), 504],
    [new FoyerError('forbidden', 'idp.denied', 'Refused.'), 403],
    [new Error('SELECT secret FROM bug'), 500],
  ])('%p is shown with code and login id, told to the application, and recorded with its cause', async (thrown, status) => {
    const state = world.stateOf(await begin({ identityProviderHint: 'acme' }));
    world.completeWith = () => Promise.reject(thrown);
    const response = await get(`/federation/oidc/callback/acme?state=${state}&code=c`);
    expect(response.status).toBe(status);
    const html = await response.text();
    const { code = '', loginId = '' } = facts(html);
    expect(code).toBe('code' in thrown ? thrown.code : 'login.failed');
    expect(html).not.toMatch(/kid 7|SELECT/);
    const back = await post(`/login/${loginId}/return`, { csrf: tokenIn(html) });
    expect(back.headers.get('location')).toBe('https://app.example/failed/corr-1');
    const row = (await (await get(`/api/v1/logins/${loginId}`)).json()) as Record<string, unknown>;
    expect(row).toMatchObject({ id: loginId, application: 'intranet', identityProvider: 'acme', code, step: 'authenticate-externally' });
    expect(JSON.stringify(row)).not.toContain('SELECT');
    if (status === 502) expect(row.detail).toBe('The signature is wrong.: kid 7');
  });

  test('that could not begin has a page of its own', async () => {
    world.beginWith = () => Promise.reject(new FoyerError('upstreamSilent', 'idp.unreachable', 'm'));
    const response = await get(await begin({ identityProviderHint: 'acme' }));
    expect([response.status, facts(await response.text()).code]).toEqual([504, 'idp.unreachable']);
  });
});

describe('the log of logins', () => {
  test('lists what ended, shows what runs, and records what expired', async () => {
    const begun = new Date(world.clock.time).toISOString();
    const done = world.stateOf(await begin({ identityProviderHint: 'acme', address: '192.0.2.7' }));
    world.clock.time += 1_200;
    await get(`/federation/oidc/callback/acme?state=${done}&code=c`);
    const running = (await begin()).split('/').at(-1) ?? '';
    expect(await (await get(`/api/v1/logins/${running}`)).json()).toMatchObject({ outcome: 'running', identityProvider: null });
    world.clock.time += 1_800_000;
    await app.sweeper.sweepOnce();
    const late = await get(`/login/${running}`);
    expect(facts(await late.text())).toMatchObject({ code: 'login.expired', loginId: running });
    expect(await (await get(`/api/v1/logins/${running}`)).json()).toMatchObject({ outcome: 'expired', code: 'login.expired' });
    world.clock.time += 300_000;
    await app.sweeper.sweepOnce();
    await app.sweeper.sweepOnce();
    const list = (await (await get('/api/v1/logins?sort=createdAt')).json()) as { total: number; items: unknown[] };
    expect(list).toMatchObject({
      total: 2,
      items: [
        {
          ...{ outcome: 'answered', identityProvider: 'acme', userId: 'user-anna', address: '192.0.2.7', code: null },
          ...{ createdAt: begun, finishedAt: new Date(Date.parse(begun) + 1_200).toISOString(), durationMs: 1_200 },
        },
        { id: running, outcome: 'expired', code: 'login.expired', step: 'choose-provider', durationMs: 1_800_000 },
      ],
    });
    expect(await (await get('/api/v1/logins?outcome=answered')).json()).toMatchObject({ total: 1 });
    expect((await app.metrics.text()).body).toContain('foyer_logins_total{idp="acme",outcome="answered"} 1');
    const later = await get(`/login/${running}`);
    expect(facts(await later.text())).toMatchObject({ code: 'login.expired', loginId: running });
  });

  test('needs the scope, and refuses what it does not know', async () => {
    expect((await get('/api/v1/logins?password=x')).status).toBe(400);
    expect((await get('/api/v1/logins/nobody')).status).toBe(404);
    scopes.length = 0;
    expect((await get('/api/v1/logins')).status).toBe(403);
  });
});

test('static files are kept for good under their fingerprint, and nothing else is served', async () => {
  const html = await (await get('/login/signed-out')).text();
  const address = /href="(\/login\/static\/[^"]+\.css[^"]*)"/.exec(html)?.[1] ?? '';
  const css = await get(address.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='));
  expect([css.status, css.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
  expect(css.headers.get('cache-control')).toContain('immutable');
  expect((await get('/login/static/foyer/foyer.css')).headers.get('cache-control')).toBe('no-cache');
  for (const path of ['foyer/nothing.css', 'foyer/..%2fmessages%2fen.json', 'foyer/sign-in.hbs', '..%2f..%2fx/foyer.ts']) {
    expect((await get(`/login/static/${path}`)).status).toBeGreaterThanOrEqual(400);
  }
});
