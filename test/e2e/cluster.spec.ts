import { beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from '../../apps/demo/browserless/index.js';
import { projectRoot } from '../../apps/demo/foyer-process.js';
import type { PendingLogin } from '../../apps/demo/application/relying-party.js';
import { atEnd } from '../support/redis.js';
import { ScriptedProvider } from '../support/scripted-provider.js';
import { Cluster } from './cluster.js';
import { Application, applicationSettings, codeOn, newBrowser, providerSettings, type Asked } from './parties.js';
import { adminPassword, until } from './site.js';

let acme: ScriptedProvider;
let cluster: Cluster;
let intranet: Application;
let wiki: Application;

beforeAll(async () => {
  acme = await ScriptedProvider.start();
  atEnd(() => acme.close());
  const login = { identityProviders: ['acme'], local: true };
  const identityProviders = [providerSettings('acme', acme.issuer)];
  const applications = [applicationSettings('intranet', login), applicationSettings('wiki', login)];
  cluster = await Cluster.start({ settings: { identityProviders, applications } });
  [intranet, wiki] = [new Application(cluster, 'intranet'), new Application(cluster, 'wiki')];
}, 60_000);

const logIn = (browser: Browser, person: string) => intranet.logIn(browser, { idp_hint: 'acme', login_hint: person });

/** A login whose person is at the identity provider. @returns the address at which they come back */
async function goToAcme(browser: Browser, person: string): Promise<{ back: string; pending: PendingLogin }> {
  const { redirectTo, pending } = await intranet.request({ idp_hint: 'acme', login_hint: person });
  const begun = await fetch(redirectTo, { redirect: 'manual' });
  browser.cookies.take(new URL(cluster.url), begun);
  return { back: acme.authorize(begun.headers.get('location') ?? ''), pending };
}

const redeem = ({ page, pending }: Asked): Promise<Response> =>
  intranet.token({
    grant_type: 'authorization_code',
    code: intranet.answer(page).searchParams.get('code') ?? '',
    redirect_uri: intranet.redirectUri,
    code_verifier: pending.codeVerifier,
  });

const refresh = (refreshToken: string | undefined): Promise<Response> =>
  intranet.token({ grant_type: 'refresh_token', refresh_token: refreshToken ?? '' });

const serversReady = (): Promise<boolean> =>
  until('the servers are ready again', async () => {
    const ready = await Promise.all(cluster.sites.map(({ url }) => fetch(`${url}/health/ready`)));
    return ready.every(({ ok }) => ok);
  });

test('a login begins on one server and ends on the other, and both know its session and tokens', async () => {
  const browser = newBrowser();
  const person = await logIn(browser, 'anna');
  expect(person.userinfo['preferred_username']).toBe('anna');
  const elsewhere = await wiki.logIn(browser, { prompt: 'none' });
  expect(elsewhere.idTokenClaims['sub']).toBe(person.idTokenClaims['sub']);
  expect((await browser.open(`${cluster.url}/account`)).text).toContain('This browser, since');
  expect((await intranet.refresh(await intranet.refresh(person))).userinfo['preferred_username']).toBe('anna');
  expect([...cluster.proxy.answered.values()].every((count) => count > 3)).toBe(true);
});

test('of 20 parallel redemptions of a code on both servers one succeeds, and the grant is then revoked', async () => {
  const asked = await intranet.ask(newBrowser(), { idp_hint: 'acme' });
  const answers = await Promise.all(Array.from({ length: 20 }, () => redeem(asked)));
  const good = answers.filter(({ ok }) => ok);
  expect(good).toHaveLength(1);
  const tokens = (await good[0]?.json()) as { refresh_token: string };
  expect((await refresh(tokens.refresh_token)).status).toBe(400);
});

test('who is disabled on one server is logged in nowhere, at once', async () => {
  const browser = newBrowser();
  const person = await logIn(browser, 'ben');
  const api = await cluster.sites[0]?.admin();
  const id = String(person.idTokenClaims['sub']);
  const user = await api?.request('GET', `/users/${id}`);
  expect((await api?.request('PATCH', `/users/${id}`, { enabled: false }, user?.etag))?.status).toBe(200);
  for (let request = 0; request < 4; request += 1) expect((await refresh(person.refreshToken)).status).toBe(400);
  const again = await wiki.ask(browser, { prompt: 'none' });
  expect(wiki.answer(again.page).searchParams.get('error')).toBe('login_required');
});

test('what is changed on one server counts on the other within a second', async () => {
  const [one, other] = await Promise.all(cluster.sites.map((site) => site.admin()));
  const before = await one?.request('GET', '/applications/wiki');
  const began = performance.now();
  await one?.request('PATCH', '/applications/wiki', { displayName: 'The new wiki' }, before?.etag);
  await until('the other server follows', async () => (await other?.get('/applications/wiki'))?.['displayName'] === 'The new wiki');
  expect(performance.now() - began).toBeLessThan(1_000);
});

test('also while Redis is away, which carries the news otherwise', async () => {
  const [one, other] = await Promise.all(cluster.sites.map((site) => site.admin()));
  const before = await one?.request('GET', '/applications/wiki');
  await cluster.redis.stop();
  const began = performance.now();
  const changed = one?.request('PATCH', '/applications/wiki', { displayName: 'The wiki' }, before?.etag);
  await until('the other server follows', async () => (await other?.get('/applications/wiki'))?.['displayName'] === 'The wiki');
  expect(performance.now() - began).toBeLessThan(1_000);
  expect((await changed)?.status).toBe(200);
  await cluster.redis.startAgain();
  await serversReady();
});

test('the death of a server in the middle of logins costs nobody anything', async () => {
  const [chloe, dora, admin] = [newBrowser(), newBrowser(), newBrowser()];
  const before = await logIn(chloe, 'chloe');
  const atAcme = await goToAcme(dora, 'dora');
  const chooser = await intranet.ask(admin);
  const withCode = await intranet.ask(chloe);
  const [first] = cluster.sites;

  await first?.crash();

  const back = { page: await dora.open(atAcme.back), pending: atAcme.pending };
  expect((await intranet.redeem(back)).userinfo['preferred_username']).toBe('dora');
  const signedIn = await admin.press(chooser.page, 'Sign in', { username: 'admin', password: adminPassword });
  expect((await intranet.redeem({ ...chooser, page: signedIn })).userinfo['preferred_username']).toBe('admin');
  expect((await intranet.redeem(withCode)).idTokenClaims['sub']).toBe(before.idTokenClaims['sub']);
  expect((await intranet.refresh(before)).userinfo['preferred_username']).toBe('chloe');
  await first?.startAgain();
});

describe('a Redis that is emptied', () => {
  test('ends logins and sessions, and everybody is told to start again', async () => {
    const [emil, gustav, admin] = [newBrowser(), newBrowser(), newBrowser()];
    const before = await logIn(emil, 'emil');
    const atAcme = await goToAcme(gustav, 'gustav');
    const chooser = await intranet.ask(admin);

    await cluster.redis.flush();

    const typed = { username: 'admin', password: adminPassword };
    for (const lost of [await gustav.open(atAcme.back), await admin.press(chooser.page, 'Sign in', typed)]) {
      expect({ status: lost.status, code: codeOn(lost) }).toEqual({ status: 400, code: 'login.expired' });
      expect(lost.text).toContain('Go back to the application and sign in again');
    }
    const silent = await intranet.ask(emil, { prompt: 'none' });
    expect(intranet.answer(silent.page).searchParams.get('error')).toBe('login_required');
    expect((await logIn(emil, 'emil')).idTokenClaims['sub']).toBe(before.idTokenClaims['sub']);
    expect((await logIn(gustav, 'gustav')).userinfo['preferred_username']).toBe('gustav');
  });

  test('costs no refresh token', async () => {
    const before = await logIn(newBrowser(), 'hanna');
    await cluster.redis.flush();
    const once = await intranet.refresh(before);
    expect((await intranet.refresh(once)).userinfo['preferred_username']).toBe('hanna');
  });

  test('makes no code, no state and no refresh token usable again', async () => {
    const browser = newBrowser();
    const { back, pending } = await goToAcme(browser, 'ines');
    const used = { page: await browser.open(back), pending };
    expect((await redeem(used)).status).toBe(200);
    const unused = await intranet.ask(newBrowser(), { idp_hint: 'acme', login_hint: 'ines' });
    const rotated = await logIn(newBrowser(), 'ines');
    expect((await refresh(rotated.refreshToken)).status).toBe(200);

    await cluster.redis.flush();

    expect((await redeem(used)).status).toBe(400);
    expect((await redeem(unused)).status).toBe(200);
    expect((await redeem(unused)).status).toBe(400);
    expect((await refresh(rotated.refreshToken)).status).toBe(400);
    expect((await browser.open(back)).status).toBe(400);
  });
});

test('while Redis is away people are told to try again, refresh tokens work, and all is well when it is back', async () => {
  const browser = newBrowser();
  const person = await logIn(newBrowser(), 'jan');
  const atAcme = await goToAcme(browser, 'jan');
  const [site] = cluster.sites;

  await cluster.redis.stop();

  const { page } = await intranet.ask(newBrowser(), { idp_hint: 'acme' });
  expect({ status: page.status, code: codeOn(page) }).toEqual({ status: 503, code: 'redis.unavailable' });
  expect(page.headers.get('retry-after')).toBe('5');
  const late = await fetch(atAcme.back, { headers: { cookie: browser.cookies.header(new URL(atAcme.back)) ?? '' }, redirect: 'manual' });
  expect(late.status).toBe(503);
  const pushed = await fetch(`${cluster.url}/oauth2/par`, {
    ...{ method: 'POST', headers: { authorization: intranet.authorization } },
    body: new URLSearchParams({ response_type: 'code', client_id: 'intranet', redirect_uri: intranet.redirectUri, scope: 'openid' }),
  });
  expect({ status: pushed.status, body: await pushed.json() }).toMatchObject({ status: 503, body: { error: 'temporarily_unavailable' } });
  expect((await fetch(`${site?.url}/health/ready`)).status).toBe(503);
  expect((await refresh(person.refreshToken)).status).toBe(200);

  await cluster.redis.startAgain();

  await serversReady();
  expect((await logIn(newBrowser(), 'jan')).userinfo['preferred_username']).toBe('jan');
  const said = cluster.sites.map((one) => one.log().filter(({ msg }) => msg === 'Redis cannot be reached; trying again').length);
  expect(Math.max(...said)).toBeLessThanOrEqual(2);
});

test('what the chart scales workers by is among the metrics of every server', async () => {
  const values = readFileSync(join(projectRoot(), 'deploy/helm/foyer/values.yaml'), 'utf8');
  const [series] = /foyer_jobs\{[^}]*\}/.exec(values) ?? [];
  for (const { url } of cluster.sites) expect(await (await fetch(`${url}/metrics`)).text()).toContain(`\n${series} 0\n`);
});

test('who reads Redis learns nothing that lets them in', async () => {
  const browser = newBrowser();
  const person = await logIn(browser, 'kim');
  const cookies = browser.cookies.header(new URL(`${cluster.url}/oauth2/authorize`)) ?? '';
  const secrets = [person.refreshToken, person.accessToken, ...cookies.split('; ').map((pair) => pair.slice(pair.indexOf('=') + 1))];
  const { admin } = cluster.redis;
  const texts = await Promise.all(
    (await admin.keys('*')).map(async (key) => `${key} ${(await admin.type(key)) === 'string' ? await admin.get(key) : ''}`),
  );
  expect(texts.some((text) => text.includes('state:Session:'))).toBe(true);
  for (const secret of secrets) {
    expect(secret?.length).toBeGreaterThan(15);
    expect(texts.filter((text) => text.includes(secret ?? ''))).toEqual([]);
  }
});
