import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { freePorts } from '../../apps/demo/ports.js';
import { ScriptedProvider, type Misbehaviour } from '../support/scripted-provider.js';
import { Application, applicationSettings, loginIdOn, newBrowser, providerSettings } from './parties.js';
import { Site, until } from './site.js';

const timeoutMs = 400;

let acme: ScriptedProvider;
let other: ScriptedProvider;
let latePort: number;
let site: Site;
let intranet: Application;

/** What an identity provider's settings say of it, besides that it is not waited for long. */
const impatient = (name: string, issuer: string): object => ({
  oidc: { issuer, clientId: 'foyer', clientSecret: `secret of Foyer at ${name}`, timeoutMs },
});

beforeAll(async () => {
  [acme, other] = [await ScriptedProvider.start(), await ScriptedProvider.start()];
  latePort = await freePorts();
  const late = `http://127.0.0.1:${latePort}`;
  site = await Site.start({
    settings: {
      identityProviders: [
        providerSettings('acme', acme.issuer, impatient('acme', acme.issuer)),
        providerSettings('other', other.issuer),
        providerSettings('late', late, impatient('late', late)),
      ],
      applications: [
        applicationSettings('intranet', { identityProviders: ['acme'] }),
        applicationSettings('wiki', { identityProviders: ['late', 'other'] }),
      ],
    },
  });
  intranet = new Application(site, 'intranet');
  // Discovery and keys are in memory from here on: what follows goes wrong in the login alone.
  await intranet.logIn(newBrowser());
});
afterEach(() => {
  acme.misbehaviour = {};
});
afterAll(async () => {
  await site.close();
  await Promise.all([acme.close(), other.close()]);
});

const at =
  (path: string, does: (response: ServerResponse) => void): Misbehaviour['answer'] =>
  (requested, response) => {
    if (requested === path) does(response);
    return requested === path;
  };
const json = (status: number, body: string) => (response: ServerResponse) =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(body);
const error = (code: string): Misbehaviour => ({
  callback: (parameters) => {
    parameters.delete('code');
    parameters.set('error', code);
    parameters.set('error_description', 'LDAP 10.1.2.3 said no');
  },
});

interface Failure {
  readonly misbehaviour: Misbehaviour;
  readonly status: 403 | 502 | 504;
  readonly code: string;
  readonly oauthError: string;
}

const denied = { status: 403, oauthError: 'access_denied' } as const;
const wrong = { status: 502, oauthError: 'server_error' } as const;
const silent = { status: 504, oauthError: 'temporarily_unavailable' } as const;

const failures: Record<string, Failure> = {
  'says that the person was refused': { misbehaviour: error('access_denied'), ...denied, code: 'idp.denied' },
  'says that it failed': { misbehaviour: error('server_error'), ...wrong, code: 'idp.response.error' },
  'answers for another issuer': {
    misbehaviour: { callback: (p) => p.set('iss', 'https://evil.example') },
    ...wrong,
    code: 'idp.response.invalid',
  },
  'signs with a key of somebody else': { misbehaviour: { signWith: 'foreign' }, ...wrong, code: 'idp.token.signature' },
  'signs with a key that it does not publish': { misbehaviour: { signWith: 'unpublished' }, ...wrong, code: 'idp.token.key' },
  'does not sign': { misbehaviour: { signWith: 'none' }, ...wrong, code: 'idp.response.invalid' },
  'sends a token for another client': {
    misbehaviour: { idToken: (c) => ({ ...c, aud: 'somebody-else' }) },
    ...wrong,
    code: 'idp.token.claim',
  },
  'sends a token of another login': {
    misbehaviour: { idToken: (c) => ({ ...c, nonce: 'of another' }) },
    ...wrong,
    code: 'idp.token.claim',
  },
  'sends a token of another issuer': {
    misbehaviour: { idToken: (c) => ({ ...c, iss: 'https://evil.example' }) },
    ...wrong,
    code: 'idp.token.claim',
  },
  'sends a token that is over': { misbehaviour: { idToken: (c) => ({ ...c, iat: 1, exp: 2 }) }, ...wrong, code: 'idp.token.expired' },
  'sends a token without a subject': {
    misbehaviour: { idToken: (c) => ({ ...c, sub: undefined }) },
    ...wrong,
    code: 'idp.response.invalid',
  },
  'tells about somebody else at userinfo': { misbehaviour: { userInfo: { sub: 'somebody-else' } }, ...wrong, code: 'idp.userinfo.subject' },
  'refuses the code': {
    misbehaviour: { answer: at('/token', json(400, '{"error":"invalid_grant"}')) },
    ...wrong,
    code: 'idp.token.refused',
  },
  'talks garbage': {
    misbehaviour: { answer: at('/token', json(200, '<html>Service mesh 10.1.2.3</html>')) },
    ...wrong,
    code: 'idp.response.invalid',
  },
  breaks: { misbehaviour: { answer: at('/token', json(500, 'Stack trace 10.1.2.3')) }, ...wrong, code: 'idp.response.invalid' },
  'hangs up': { misbehaviour: { answer: at('/token', (response) => void response.destroy()) }, ...silent, code: 'outgoing.unreachable' },
  'sends without end': {
    misbehaviour: { answer: at('/token', (response) => json(200, `"${'x'.repeat(2_000_000)}"`)(response)) },
    ...wrong,
    code: 'outgoing.tooLarge',
  },
  'keeps silent': { misbehaviour: { answer: at('/token', () => undefined) }, ...silent, code: 'idp.timeout' },
};

describe('an identity provider that', () => {
  test.each(Object.entries(failures))('%s: a page with code and login id, and the way back with the OAuth error', async (_, failure) => {
    acme.misbehaviour = failure.misbehaviour;
    const browser = newBrowser();
    const { page, pending } = await intranet.ask(browser);
    expect({ status: page.status, code: /Code (\S+)/.exec(page.text)?.[1] }).toEqual({ status: failure.status, code: failure.code });
    expect(page.body).not.toMatch(/10\.1\.2\.3|evil|Stack|invalid_grant|openid-client|node_modules|127\.0\.0\.1/);

    const loginId = loginIdOn(page);
    const login = await (await site.admin()).get(`/logins/${loginId}`);
    expect(login).toMatchObject({
      outcome: failure.status === 403 ? 'denied' : 'failed',
      application: 'intranet',
      identityProvider: 'acme',
      code: failure.code,
      step: 'authenticate-externally',
    });
    const line = await site.logged({ loginId, code: failure.code });
    expect(line).toMatchObject({ level: 'warn', step: 'authenticate-externally', err: { message: expect.any(String) } });

    const answer = intranet.answer(await browser.press(page, 'Back to The intranet')).searchParams;
    expect(Object.fromEntries(answer)).toEqual({
      error: failure.oauthError,
      error_description: expect.not.stringMatching(/10\.1\.2\.3|evil|Stack/),
      state: pending.state,
      iss: site.url,
    });
    acme.misbehaviour = {};
    expect((await intranet.logIn(browser)).idTokenClaims['sub']).toEqual(expect.any(String));
  });

  test('is asked nothing more once the cause is known: its words are in the server’s log only', async () => {
    acme.misbehaviour = error('server_error');
    const { page } = await intranet.ask(newBrowser());
    const line = await site.logged({ loginId: loginIdOn(page) });
    expect(JSON.stringify(line)).toContain('LDAP 10.1.2.3 said no');
    expect(acme.requests.at(-1)?.path).toBe('/authorize');
  });
});

describe('a state', () => {
  /** A browser on its way back from the identity provider, held there. */
  async function returning() {
    const browser = newBrowser();
    const asked = await intranet.request();
    const authorization = await fetch(asked.redirectTo, { redirect: 'manual' });
    for (const cookie of authorization.headers.getSetCookie()) {
      const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split('=');
      browser.cookies.set(site.url, name, value);
    }
    return { browser, ...asked, back: acme.authorize(authorization.headers.get('location') ?? '') };
  }

  test('that comes back a second time is refused, whether the browser is still there or not', async () => {
    const { browser, pending, back } = await returning();
    const first = await browser.open(back);
    expect((await intranet.redeem({ page: first, pending })).userinfo['preferred_username']).toEqual(expect.any(String));
    const again = await browser.open(back);
    expect({ status: again.status, text: again.text }).toMatchObject({ status: 400, text: expect.stringContaining('login.repeated') });
    const elsewhere = await newBrowser().open(back);
    expect(elsewhere.status).toBe(400);
  });

  test('of a login that nobody knows is told as an expired one', async () => {
    const page = await newBrowser().open(`${site.url}/federation/oidc/callback/acme?code=x&state=${'0'.repeat(36)}.x`);
    expect({ status: page.status, text: page.text }).toMatchObject({ status: 400, text: expect.stringContaining('login.expired') });
  });

  test('of another login of the same browser is refused, and that login is none the worse', async () => {
    const one = await returning();
    const state = new URL(one.back).searchParams.get('state') ?? '';
    const forged = new URL(one.back);
    forged.searchParams.set('state', `${state.split('.')[0]}.${'x'.repeat(24)}`);
    const refused = await one.browser.open(forged);
    expect({ status: refused.status, text: refused.text }).toMatchObject({ status: 400, text: expect.stringContaining('login.stale') });
    const page = await one.browser.open(one.back);
    expect((await intranet.redeem({ page, pending: one.pending })).idTokenClaims['sub']).toEqual(expect.any(String));
  });
});

test('an identity provider that is down when Foyer starts harms no other, and works as soon as it is up', async () => {
  const wiki = new Application(site, 'wiki');
  const browser = newBrowser();
  const { page } = await wiki.ask(browser, { idp_hint: 'late' });
  expect({ status: page.status, text: page.text }).toMatchObject({ status: 504, text: expect.stringContaining('outgoing.unreachable') });
  expect((await wiki.logIn(newBrowser(), { idp_hint: 'other' })).idTokenClaims['sub']).toEqual(expect.any(String));

  const late = await ScriptedProvider.start(latePort);
  try {
    const person = await until('late lets people in', () => wiki.logIn(newBrowser(), { idp_hint: 'late' }).catch(() => undefined));
    expect(person.idTokenClaims['sub']).toEqual(expect.any(String));
  } finally {
    await late.close();
  }
});
