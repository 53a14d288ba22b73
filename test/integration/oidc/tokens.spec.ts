import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createRemoteJWKSet, decodeProtectedHeader, exportJWK, generateKeyPair, jwtVerify, SignJWT, type CryptoKey } from 'jose';
import * as client from 'openid-client';
import type { Application } from '@foyer/applications';
import { Browser } from '../../../apps/demo/browserless/index.js';
import { anna, application, authorize, logIn, newBrowser, openWorld, type OidcWorld } from './world.js';

const folder = mkdtempSync(join(tmpdir(), 'foyer-oidc-tokens-'));
const api = 'https://api.example/';
const callback = (name: string): string => `https://${name}.example/callback`;
const offline = { scope: 'openid offline_access' };
const intranet = application('intranet', {
  resources: [{ uri: api, scopes: ['orders:read', 'orders:write'] }],
  postLogoutRedirectUris: ['https://intranet.example/bye'],
});
const wiki = application('wiki', {});
const pushing = application('pushing', { requirePushedRequests: true });
const robot = application('robot', { clientAuthentication: 'private_key_jwt', clientSecret: undefined });
const fetching = application('fetching', { clientAuthentication: 'private_key_jwt', clientSecret: undefined });
const applications: Application[] = [intranet, wiki, pushing];
const admin = application('foyer-admin', { clientSecret: 'a'.repeat(32) });
const consoleApplication = application('foyer-console', { clientAuthentication: 'none', clientSecret: undefined });

let world: OidcWorld;
let robotKey: CryptoKey;
let jwksServer: Server;

beforeAll(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true });
  robotKey = pair.privateKey;
  const jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), alg: 'ES256', kid: 'robot' }] };
  jwksServer = createServer((_request, response) => response.end(JSON.stringify(jwks)));
  await new Promise<void>((resolve) => jwksServer.listen(0, '127.0.0.1', resolve));
  const jwksUri = `http://127.0.0.1:${(jwksServer.address() as AddressInfo).port}/jwks`;
  applications.push({ ...robot, oidc: { ...robot.oidc, jwks } }, { ...fetching, oidc: { ...fetching.oidc, jwksUri } });
  world = await openWorld({ folder, applications: () => applications });
});
beforeEach(() => {
  world.logins.next = {};
  world.failures = 0;
  world.accounts.set(anna.userId, anna);
});
afterAll(async () => {
  await world.close();
  jwksServer.close();
  rmSync(folder, { recursive: true, force: true });
});

const userinfoStatus = async (accessToken: string): Promise<number> =>
  (await fetch(`${world.publicUrl}/oauth2/userinfo`, { headers: { authorization: `Bearer ${accessToken}` } })).status;

const verifyJwt = (token: string) => jwtVerify(token, createRemoteJWKSet(new URL(`${world.publicUrl}/oauth2/jwks`)));

const newBrowserUntilConsole = (): Browser => new Browser({ stopAt: (url) => url.pathname === '/console/callback' });

describe('refresh tokens', () => {
  test('rotate, and outlive the session', async () => {
    const rp = await world.discover(intranet.oidc);
    const { tokens, browser } = await logIn(rp, callback('intranet'), offline);
    await browser.open(client.buildEndSessionUrl(rp, { id_token_hint: tokens.id_token ?? '' }));
    expect(await world.sessions.current(browser.cookies.header(new URL(world.publicUrl)))).toBeUndefined();
    const refreshed = await client.refreshTokenGrant(rp, tokens.refresh_token ?? '');
    expect(refreshed.refresh_token).toBeDefined();
    expect(refreshed.refresh_token).not.toBe(tokens.refresh_token);
    expect(await userinfoStatus(refreshed.access_token)).toBe(200);
  });

  test('used again, end the grant with everything that hangs on it', async () => {
    const rp = await world.discover(intranet.oidc);
    const { tokens } = await logIn(rp, callback('intranet'), offline);
    const refreshed = await client.refreshTokenGrant(rp, tokens.refresh_token ?? '');
    await expect(client.refreshTokenGrant(rp, tokens.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(client.refreshTokenGrant(rp, refreshed.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' });
    expect(await userinfoStatus(refreshed.access_token)).toBe(401);
  });

  test.each([
    ['disabled', () => void world.accounts.set(anna.userId, { ...anna, enabled: false })],
    ['deleted', () => void world.accounts.delete(anna.userId)],
  ])('are refused once the account is %s, and so is userinfo', async (_how, change) => {
    const rp = await world.discover(intranet.oidc);
    const { tokens } = await logIn(rp, callback('intranet'), offline);
    change();
    await expect(client.refreshTokenGrant(rp, tokens.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' });
    expect(await userinfoStatus(tokens.access_token)).toBe(401);
  });

  test('are refused once the application no longer allows the way in, and so is userinfo', async () => {
    const rp = await world.discover(intranet.oidc);
    const { tokens } = await logIn(rp, callback('intranet'), offline);
    world.logins.mayOpen = false;
    await expect(client.refreshTokenGrant(rp, tokens.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' });
    expect(await userinfoStatus(tokens.access_token)).toBe(401);
    world.logins.mayOpen = true;
    expect((await client.refreshTokenGrant(rp, tokens.refresh_token ?? '')).refresh_token).toBeDefined();
  });

  test('and sessions cannot be read out of the files', async () => {
    const rp = await world.discover(intranet.oidc);
    const { tokens, browser } = await logIn(rp, callback('intranet'), offline);
    const session = browser.cookies.get(world.publicUrl, 'foyer_session');
    const bytes = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
    for (const secret of [tokens.refresh_token, tokens.access_token, session]) {
      expect(secret).toMatch(/^[\w-]{40,}$/);
      expect(bytes.some((file) => file.includes(secret ?? ''))).toBe(false);
    }
  });

  test('are worth nothing when the login behind them is revoked', async () => {
    const rp = await world.discover(intranet.oidc);
    const { tokens } = await logIn(rp, callback('intranet'), offline);
    await world.state.removeGroup(`user:${anna.userId}`);
    await expect(client.refreshTokenGrant(rp, tokens.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' });
    expect(await userinfoStatus(tokens.access_token)).toBe(401);
  });

  test('are not given to a client whose grant types lack them', async () => {
    const without = application('without', { grantTypes: ['authorization_code'] });
    applications.push(without);
    const { tokens } = await logIn(await world.discover(without.oidc), callback('without'), offline);
    expect(tokens.refresh_token).toBeUndefined();
  });
});

describe('20 redemptions at the same time', () => {
  const successes = (results: PromiseSettledResult<unknown>[]): number => results.filter(({ status }) => status === 'fulfilled').length;

  test('of a code: one succeeds, and the grant is revoked', async () => {
    const rp = await world.discover(intranet.oidc);
    const { back, checks } = await authorize(rp, callback('intranet'), offline);
    const redemptions = Array.from({ length: 20 }, () => client.authorizationCodeGrant(rp, back ?? new URL('x:'), checks));
    const results = await Promise.allSettled(redemptions);
    expect(successes(results)).toBe(1);
    const winner = results.find((result) => result.status === 'fulfilled')?.value;
    expect(await userinfoStatus(winner?.access_token ?? '')).toBe(401);
    await expect(client.refreshTokenGrant(rp, winner?.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  test('of a refresh token: one succeeds, and the grant is revoked', async () => {
    const rp = await world.discover(intranet.oidc);
    const { tokens } = await logIn(rp, callback('intranet'), offline);
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => client.refreshTokenGrant(rp, tokens.refresh_token ?? '')));
    expect(successes(results)).toBe(1);
    const winner = results.find((result) => result.status === 'fulfilled')?.value;
    expect(await userinfoStatus(winner?.access_token ?? '')).toBe(401);
  });

  test('of a client assertion: one is accepted', async () => {
    const claims = { iss: 'robot', sub: 'robot', aud: world.publicUrl, jti: 'once' };
    const assertion = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'robot' })
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(robotKey);
    const body = new URLSearchParams({
      token: 'x',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => fetch(`${world.publicUrl}/oauth2/introspect`, { method: 'POST', body })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });
});

describe('client authentication', () => {
  test('a secret client may use Basic or post', async () => {
    for (const authentication of [client.ClientSecretBasic('wiki-secret'), client.ClientSecretPost('wiki-secret')]) {
      const { tokens } = await logIn(await world.discover(wiki.oidc, authentication), callback('wiki'));
      expect(tokens.claims()?.sub).toBe(anna.userId);
    }
  });

  test.each([robot, fetching])('by private key works for $name', async ({ name, oidc }) => {
    const { tokens } = await logIn(await world.discover(oidc, client.PrivateKeyJwt({ key: robotKey, kid: 'robot' })), callback(name));
    expect(tokens.claims()?.sub).toBe(anna.userId);
  });

  test('a wrong secret is refused, and counted until the address has to wait', async () => {
    const rp = await world.discover(wiki.oidc, client.ClientSecretBasic('wrong'));
    const { back, checks } = await authorize(rp, callback('wiki'));
    await expect(client.authorizationCodeGrant(rp, back ?? new URL('x:'), checks)).rejects.toHaveProperty('status', 401);
    expect(world.failures).toBe(1);
    world.failures = 100;
    const answer = await fetch(`${world.publicUrl}/oauth2/token`, { method: 'POST' });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '60']);
    // The provider itself would take these for the token endpoint, too.
    for (const path of ['/oauth2/token/', '/oauth2/Token', '/oauth2/TOKEN/']) {
      expect((await fetch(`${world.publicUrl}${path}`, { method: 'POST' })).status).toBe(404);
    }
  });
});

describe('pushed authorization requests', () => {
  const pushed = async (settings: Application) => {
    const rp = await world.discover(settings.oidc);
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const code_challenge = await client.calculatePKCECodeChallenge(pkceCodeVerifier);
    const url = await client.buildAuthorizationUrlWithPAR(rp, {
      redirect_uri: callback(settings.name),
      scope: 'openid offline_access',
      code_challenge,
      code_challenge_method: 'S256',
    });
    return { rp, url, pkceCodeVerifier };
  };

  test('lead to tokens, once', async () => {
    const { rp, url, pkceCodeVerifier } = await pushed(pushing);
    const page = await newBrowser().open(url);
    const tokens = await client.authorizationCodeGrant(rp, new URL(page.redirectTo ?? 'x:'), { pkceCodeVerifier });
    expect(tokens.refresh_token).toBeDefined();
    expect((await newBrowser().open(url)).redirectTo ?? 'error=').toContain('error=');
  });

  test('are required of an application that says so', async () => {
    const { back } = await authorize(await world.discover(pushing.oidc), callback('pushing'));
    expect(back?.searchParams.get('error')).toBe('invalid_request');
  });
});

describe('resources', () => {
  test('get JWT access tokens with their own audience and scopes', async () => {
    const rp = await world.discover(intranet.oidc);
    const { tokens } = await logIn(rp, callback('intranet'), { resource: api, scope: 'openid orders:read' });
    expect(decodeProtectedHeader(tokens.access_token)).toMatchObject({ alg: 'RS256', typ: 'at+jwt' });
    const { payload } = await verifyJwt(tokens.access_token);
    expect(payload).toMatchObject({
      aud: api,
      scope: 'orders:read',
      sub: anna.userId,
      client_id: 'intranet',
      iss: world.publicUrl,
      jti: expect.any(String),
    });
  });

  test('that the settings do not list are refused', async () => {
    const { back } = await authorize(await world.discover(wiki.oidc), callback('wiki'), { resource: api });
    expect(back?.searchParams.get('error')).toBe('invalid_target');
  });

  test('foyer-admin gets a token for the admin API by itself', async () => {
    const tokens = await client.clientCredentialsGrant(await world.discover(admin.oidc), { scope: 'users:read' });
    expect(await world.verifier.verify(tokens.access_token)).toMatchObject({
      subject: 'foyer-admin',
      clientId: 'foyer-admin',
      scopes: ['users:read'],
      audience: [`${world.publicUrl}/api/v1`],
    });
  });

  test('a person gets the scopes of the admin API that their roles grant, at each refresh anew', async () => {
    world.accounts.set(anna.userId, { ...anna, roles: ['foyer:users:read'] });
    const rp = await world.discover(consoleApplication.oidc);
    const { tokens } = await logIn(
      rp,
      `${world.publicUrl}/console/callback`,
      { scope: 'openid offline_access admin users:read' },
      newBrowserUntilConsole(),
    );
    expect((await world.verifier.verify(tokens.access_token)).scopes).toEqual(['users:read']);
    world.accounts.set(anna.userId, anna);
    const refreshed = await client.refreshTokenGrant(rp, tokens.refresh_token ?? '');
    expect((await world.verifier.verify(refreshed.access_token)).scopes).toEqual([]);
  });

  test('the admin API refuses tokens for anybody else', async () => {
    const { tokens } = await logIn(await world.discover(intranet.oidc), callback('intranet'), {
      resource: api,
      scope: 'openid orders:read',
    });
    for (const token of [tokens.access_token, tokens.id_token ?? '', 'x', `${tokens.access_token.slice(0, -4)}AAAA`]) {
      await expect(world.verifier.verify(token)).rejects.toMatchObject({ code: 'token.invalid', kind: 'unauthenticated' });
    }
  });
});

describe('introspection and revocation', () => {
  test('tell a client about its own tokens, until they are revoked', async () => {
    const rp = await world.discover(intranet.oidc);
    const { tokens } = await logIn(rp, callback('intranet'), offline);
    expect(await client.tokenIntrospection(rp, tokens.access_token)).toMatchObject({ active: true, sub: anna.userId });
    expect(await client.tokenIntrospection(await world.discover(wiki.oidc), tokens.access_token)).toEqual({ active: false });
    await client.tokenRevocation(rp, tokens.refresh_token ?? '');
    expect(await client.tokenIntrospection(rp, tokens.access_token)).toEqual({ active: false });
    await expect(client.refreshTokenGrant(rp, tokens.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' });
  });
});

describe('logout', () => {
  const bye = { post_logout_redirect_uri: 'https://intranet.example/bye', state: 'x' };

  test('happens at once for an application that shows the ID token', async () => {
    const rp = await world.discover(intranet.oidc);
    const { tokens, browser } = await logIn(rp, callback('intranet'));
    const page = await browser.open(client.buildEndSessionUrl(rp, { ...bye, id_token_hint: tokens.id_token ?? '' }));
    expect(page.redirectTo).toBe('https://intranet.example/bye?state=x');
    expect(await world.sessions.current(browser.cookies.header(new URL(world.publicUrl)))).toBeUndefined();
    expect(await userinfoStatus(tokens.access_token)).toBe(401);
    const again = await browser.open(client.buildEndSessionUrl(rp, { ...bye, id_token_hint: tokens.id_token ?? '' }));
    expect(again.redirectTo).toBe('https://intranet.example/bye?state=x');
  });

  test('asks the person without it, and both answers lead on', async () => {
    const rp = await world.discover(intranet.oidc);
    const { tokens, browser } = await logIn(rp, callback('intranet'));
    const page = await browser.open(`${world.publicUrl}/oauth2/logout`);
    expect(page.title).toBe('Sign out');
    expect(await userinfoStatus(tokens.access_token)).toBe(200);
    expect((await browser.press(page, 'Sign out')).title).toBe('Signed out');
    expect(await userinfoStatus(tokens.access_token)).toBe(401);
  });

  test('asks when the ID token is of somebody else', async () => {
    const rp = await world.discover(intranet.oidc);
    world.accounts.set('user-bob', { ...anna, userId: 'user-bob' });
    world.logins.next = { subject: 'user-bob' };
    const bob = await logIn(rp, callback('intranet'));
    world.logins.next = {};
    const { browser } = await logIn(rp, callback('intranet'));
    const page = await browser.open(client.buildEndSessionUrl(rp, { ...bye, id_token_hint: bob.tokens.id_token ?? '' }));
    expect(page.title).toBe('Sign out');
  });
});

describe('sessions as /account sees them', () => {
  test('are listed with their applications, and end with all their tokens', async () => {
    const rp = await world.discover(intranet.oidc);
    const { tokens, browser } = await logIn(rp, callback('intranet'), offline);
    const current = await world.sessions.current(browser.cookies.header(new URL(world.publicUrl)));
    expect(current).toMatchObject({ subject: anna.userId, loginId: expect.stringMatching(/^login-/) });
    expect(await world.sessions.listOf(anna.userId)).toContainEqual({
      ...current,
      startedAt: expect.any(Number),
      applications: ['intranet'],
    });
    await world.sessions.end(current?.sessionId ?? '');
    expect(await userinfoStatus(tokens.access_token)).toBe(401);
    await expect(client.refreshTokenGrant(rp, tokens.refresh_token ?? '')).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  test('are opened by a login for the account pages', async () => {
    const page = await new Browser({ stopAt: (url) => url.pathname === '/account/callback' }).open(world.sessions.startAccountLogin());
    expect(new URL(page.redirectTo ?? 'x:').searchParams.get('code')).toBeTruthy();
  });
});

test('everything survives a restart on the same files', async () => {
  const rp = await world.discover(intranet.oidc);
  const { tokens, browser } = await logIn(rp, callback('intranet'), offline);
  const port = Number(new URL(world.publicUrl).port);
  await world.close();
  world = await openWorld({ folder, applications: () => applications, port });
  expect(await userinfoStatus(tokens.access_token)).toBe(200);
  expect((await client.refreshTokenGrant(rp, tokens.refresh_token ?? '')).claims()?.sub).toBe(anna.userId);
  const again = await logIn(await world.discover(wiki.oidc), callback('wiki'), { prompt: 'none' }, browser);
  expect(again.tokens.claims()?.sub).toBe(anna.userId);
});
