import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { FoyerError } from '@foyer/platform';
import { ScriptedProvider, type Misbehaviour } from '../../../../test/support/scripted-provider.js';
import type { ConnectorTarget, ExternalIdentity, ForwardedRequest } from '../../connector.js';
import { ConfigurationCache } from './configuration-cache.js';
import { OidcConnector } from './oidc-connector.js';
import type { OidcProviderSettings } from './settings.js';

const callbackUrl = 'https://foyer.example/federation/oidc/callback/acme';
const state = 'state-of-this-login';
let provider: ScriptedProvider;
let now: number;
let connector: OidcConnector;

/** The global fetch with the limits that the outgoing rules set, without their checks of addresses (they have specs of their own). */
const plainFetch: ConstructorParameters<typeof ConfigurationCache>[0] =
  ({ timeoutMs }) =>
  async (url, options) => {
    try {
      return await fetch(url, { ...options, body: options.body as string | undefined, signal: AbortSignal.timeout(timeoutMs) });
    } catch (cause) {
      throw new FoyerError('upstreamSilent', 'outgoing.unreachable', `${String(url)} does not answer`, { cause });
    }
  };

beforeEach(async () => {
  provider = await ScriptedProvider.start();
  now = Date.now();
  connector = new OidcConnector(new ConfigurationCache(plainFetch, { now: () => now }));
});
afterEach(async () => provider.close());

const target = (changes: Partial<OidcProviderSettings> = {}): ConnectorTarget<OidcProviderSettings> => ({
  id: 'idp-1',
  name: 'acme',
  settings: {
    issuer: provider.issuer,
    clientId: 'foyer',
    clientSecret: 'a secret & more',
    clientAuthentication: 'client_secret_basic',
    scopes: ['openid', 'profile'],
    authorizeParameters: {},
    forward: ['prompt', 'acr_values', 'login_hint', 'max_age'],
    clockSkewSeconds: 30,
    timeoutMs: 2_000,
    maxResponseBytes: 65_536,
    ...changes,
  },
});

async function login(to = target(), wantedClaims: string[] = [], forward: ForwardedRequest = {}): Promise<ExternalIdentity> {
  const begun = await connector.begin(to, { state, callbackUrl, forward });
  const parameters = Object.fromEntries(new URL(provider.authorize(begun.redirectTo)).searchParams);
  return connector.complete(to, { state, callbackUrl, exchange: begun.exchange, wantedClaims, parameters });
}

describe('an honest provider', () => {
  test('the verified claims arrive without those of the protocol', async () => {
    provider.nextPerson = { sub: 'anna', claims: { email: 'anna@acme.example', acr: 'gold', amr: ['pwd', 'otp'], sid: 's1' } };
    provider.authTime = 1_700_000_000;
    const identity = await login();
    expect(identity).toEqual({
      issuer: provider.issuer,
      subject: 'anna',
      claims: { sub: 'anna', email: 'anna@acme.example' },
      evidence: { authTime: 1_700_000_000, acr: 'gold', amr: ['pwd', 'otp'], sessionIndex: 's1' },
    });
  });

  test('the request has state, nonce, PKCE and what the application asked for, as far as it is forwarded', async () => {
    const forward = { prompt: 'login', acrValues: 'gold', loginHint: 'anna', maxAge: 60 };
    const { redirectTo } = await connector.begin(target({ forward: ['login_hint'], authorizeParameters: { domain: 'x', state: 'mine' } }), {
      state,
      callbackUrl,
      forward,
    });
    const parameters = new URL(redirectTo).searchParams;
    expect(parameters.getAll('state')).toEqual([state]);
    expect(parameters.get('code_challenge_method')).toBe('S256');
    expect(parameters.get('nonce')).toBeTruthy();
    expect(parameters.get('login_hint')).toBe('anna');
    expect(parameters.get('domain')).toBe('x');
    expect([parameters.get('prompt'), parameters.get('max_age'), parameters.get('acr_values')]).toEqual([null, null, null]);
  });

  test('prompt=login obliges the provider to state when it recognised the person', async () => {
    const { redirectTo } = await connector.begin(target(), { state, callbackUrl, forward: { prompt: 'login' } });
    expect(new URL(redirectTo).searchParams.get('max_age')).toBe('0');
  });

  test('userinfo is asked only for a wanted claim that the ID token lacks, and never outvotes the ID token', async () => {
    provider.nextPerson = { sub: 'anna', claims: { email: 'signed@acme.example' } };
    provider.misbehaviour = { userInfo: { email: 'unsigned@acme.example', department: 'sales' } };
    await login(target(), ['email']);
    expect(provider.requests.filter((request) => request.path === '/userinfo')).toHaveLength(0);
    expect((await login(target(), ['email', 'department'])).claims).toMatchObject({ email: 'signed@acme.example', department: 'sales' });
  });

  test('authenticates by Basic, by post and by a signed assertion', async () => {
    const tokenRequest = () => provider.requests.findLast((request) => request.path === '/token');
    await login();
    expect(tokenRequest()?.headers.authorization).toMatch(/^Basic /);
    await login(target({ clientAuthentication: 'client_secret_post' }));
    expect(tokenRequest()?.parameters.get('client_secret')).toBe('a secret & more');
    const { privateKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    await login(target({ clientAuthentication: 'private_key_jwt', privateKey }));
    expect(tokenRequest()?.parameters.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
  });

  test('its metadata is read once for many logins, again after ten minutes, and goes on to serve when it is down', async () => {
    const reads = () => provider.requests.filter((request) => request.path.startsWith('/.well-known')).length;
    const to = target();
    await Promise.all(Array.from({ length: 5 }, () => connector.begin(to, { state, callbackUrl, forward: {} })));
    expect(reads()).toBe(1);
    now += 11 * 60_000;
    const asked = new Promise<void>((resolve) => {
      provider.misbehaviour = { answer: (path, response) => path.startsWith('/.well-known') && (response.destroy(), resolve(), true) };
    });
    await expect(login(to)).resolves.toBeDefined();
    await asked;
    await expect(login(to)).resolves.toBeDefined();
  });
});

describe('a provider that misbehaves', () => {
  const cases: [string, string, Misbehaviour][] = [
    ['an error', 'idp.response.error', { callback: (p) => (p.delete('code'), p.set('error', 'server_error')) }],
    ['a refusal', 'idp.denied', { callback: (p) => (p.delete('code'), p.set('error', 'access_denied')) }],
    ['the state of another login', 'idp.response.invalid', { callback: (p) => p.set('state', 'other') }],
    [
      'the issuer of another provider (mix-up, RFC 9207)',
      'idp.response.invalid',
      { callback: (p) => p.set('iss', 'https://evil.example') },
    ],
    ['no issuer although it promises one', 'idp.response.invalid', { callback: (p) => p.delete('iss') }],
    ['a code of its own making', 'idp.token.refused', { callback: (p) => p.set('code', 'made-up') }],
    ['a wrong signature', 'idp.token.signature', { signWith: 'foreign' }],
    ['a key that it does not publish', 'idp.token.key', { signWith: 'unpublished' }],
    ['no signature', 'idp.response.invalid', { signWith: 'none' }],
    ['a token for somebody else', 'idp.token.claim', { idToken: (c) => ({ ...c, aud: 'another-client' }) }],
    ['a token for several, issued to somebody else', 'idp.token.claim', { idToken: (c) => ({ ...c, aud: ['foyer', 'x'], azp: 'x' }) }],
    ['a token of another issuer', 'idp.token.claim', { idToken: (c) => ({ ...c, iss: 'https://evil.example' }) }],
    ['the nonce of another login', 'idp.token.claim', { idToken: (c) => ({ ...c, nonce: 'other' }) }],
    ['no nonce', 'idp.response.invalid', { idToken: ({ nonce: _, ...c }) => c }],
    ['an expired token', 'idp.token.expired', { idToken: (c) => ({ ...c, exp: Number(c.exp) - 3_600 }) }],
    ['no subject', 'idp.response.invalid', { idToken: ({ sub: _, ...c }) => c }],
    [
      'garbage',
      'idp.response.invalid',
      { answer: (path, r) => path === '/token' && (r.writeHead(200, { 'content-type': 'application/json' }).end('{"access'), true) },
    ],
    [
      'a page instead of JSON',
      'idp.response.invalid',
      { answer: (path, r) => path === '/token' && (r.writeHead(200, { 'content-type': 'text/html' }).end('<h1>hi'), true) },
    ],
    [
      'no ID token',
      'idp.response.invalid',
      {
        answer: (path, r) =>
          path === '/token' &&
          (r.writeHead(200, { 'content-type': 'application/json' }).end('{"access_token":"a","token_type":"Bearer"}'), true),
      },
    ],
    ['a closed connection', 'outgoing.unreachable', { answer: (path, r) => path === '/token' && (r.destroy(), true) }],
  ];
  test.each(cases)('%s', async (_name, code, misbehaviour) => {
    provider.misbehaviour = misbehaviour;
    await expect(login()).rejects.toMatchObject({ name: 'FoyerError', code });
  });

  test('userinfo about somebody else', async () => {
    provider.misbehaviour = { userInfo: { sub: 'mallory', department: 'sales' } };
    await expect(login(target(), ['department'])).rejects.toMatchObject({ code: 'idp.userinfo.subject' });
  });

  test('a token a little over its time is accepted within the clock skew', async () => {
    provider.misbehaviour = { idToken: (c) => ({ ...c, exp: Number(c.iat) - 20 }) };
    await expect(login()).resolves.toBeDefined();
    await expect(login(target({ clockSkewSeconds: 5 }))).rejects.toMatchObject({ code: 'idp.token.expired' });
  });

  test('metadata of another issuer is refused', async () => {
    provider.misbehaviour = {
      answer: (path, r) =>
        path.startsWith('/.well-known') &&
        (r.writeHead(200, { 'content-type': 'application/json' }).end('{"issuer":"https://evil.example"}'), true),
    };
    await expect(connector.begin(target(), { state, callbackUrl, forward: {} })).rejects.toMatchObject({ code: 'idp.issuer' });
  });

  test('a provider that is down harms the login only while it is down', async () => {
    provider.misbehaviour = { answer: (_path, response) => (response.destroy(), true) };
    const to = target();
    const failed = connector.begin(to, { state, callbackUrl, forward: {} });
    await expect(failed).rejects.toMatchObject({ kind: 'upstreamSilent', message: 'The identity provider does not answer.' });
    provider.misbehaviour = {};
    await expect(login(to)).resolves.toBeDefined();
  });
});
