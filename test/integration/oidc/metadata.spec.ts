import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { application, authorize, logIn, openWorld, type OidcWorld } from './world.js';

const folder = mkdtempSync(join(tmpdir(), 'foyer-oidc-metadata-'));
const intranet = application('intranet', {});
const switchedOff = application('off', {}, { enabled: false });
const callback = 'https://intranet.example/callback';
let world: OidcWorld;

beforeAll(async () => {
  world = await openWorld({ folder, applications: () => [intranet, switchedOff] });
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

const jsonOf = async (path: string): Promise<Record<string, unknown>> =>
  (await fetch(`${world.publicUrl}${path}`)).json() as Promise<Record<string, unknown>>;

test('discovery names the addresses and what is offered', async () => {
  const at = (path: string): string => `${world.publicUrl}${path}`;
  expect(await jsonOf('/.well-known/openid-configuration')).toMatchObject({
    issuer: world.publicUrl,
    authorization_endpoint: at('/oauth2/authorize'),
    token_endpoint: at('/oauth2/token'),
    userinfo_endpoint: at('/oauth2/userinfo'),
    jwks_uri: at('/oauth2/jwks'),
    end_session_endpoint: at('/oauth2/logout'),
    pushed_authorization_request_endpoint: at('/oauth2/par'),
    revocation_endpoint: at('/oauth2/revoke'),
    introspection_endpoint: at('/oauth2/introspect'),
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
    code_challenge_methods_supported: ['S256'],
    id_token_signing_alg_values_supported: expect.arrayContaining(['RS256', 'ES256', 'EdDSA']),
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    scopes_supported: ['openid', 'offline_access', 'profile', 'email', 'phone', 'address', 'roles'],
    claims_parameter_supported: true,
    authorization_response_iss_parameter_supported: true,
  });
});

test('addresses are those of the public URL, whatever the Host header says', async () => {
  const { port } = new URL(world.publicUrl);
  const { request } = await import('node:http');
  const body = await new Promise<string>((resolve) => {
    request({ port, host: '127.0.0.1', path: '/.well-known/openid-configuration', headers: { host: 'evil.example' } }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => void (text += chunk.toString())).on('end', () => resolve(text));
    }).end();
  });
  expect(body).not.toContain('evil.example');
});

test('the JWKS has public keys only, and may be cached as long as a new key waits', async () => {
  const answer = await fetch(`${world.publicUrl}/oauth2/jwks`);
  expect(answer.headers.get('cache-control')).toBe('public, max-age=3600');
  const { keys } = (await answer.json()) as { keys: Record<string, unknown>[] };
  expect(keys.map(({ alg }) => String(alg)).toSorted()).toEqual(['ES256', 'EdDSA', 'RS256']);
  expect(keys.flatMap((key) => ['d', 'p', 'q', 'dp', 'dq', 'qi'].filter((member) => member in key))).toEqual([]);
});

test('a rotation publishes the next keys at once, and tokens go on being good', async () => {
  const rp = await world.discover(intranet.oidc);
  const { tokens } = await logIn(rp, callback);
  await world.keys.rotate();
  expect((await jsonOf('/oauth2/jwks')).keys).toHaveLength(6);
  const jwks = createRemoteJWKSet(new URL(`${world.publicUrl}/oauth2/jwks`));
  const { tokens: later } = await logIn(await world.discover(intranet.oidc), callback);
  const [one, other] = await Promise.all([tokens, later].map(({ id_token }) => jwtVerify(id_token ?? '', jwks, { audience: 'intranet' })));
  expect(other?.protectedHeader.kid).toBe(one?.protectedHeader.kid);
});

test('an answer by form_post is a page that the browser may run and nobody may frame', async () => {
  const { page } = await authorize(await world.discover(intranet.oidc), callback, { response_mode: 'form_post' });
  expect(page.forms[0]).toMatchObject({ action: callback, fields: { iss: world.publicUrl } });
  expect(page.headers.get('content-security-policy')).toMatch(
    /^default-src 'none';script-src 'sha256-[^']+';base-uri 'none';frame-ancestors 'none'$/,
  );
});

test('a disabled application is an unknown client', async () => {
  const { page } = await authorize(await world.discover(switchedOff.oidc), 'https://off.example/callback');
  expect(page.status).toBe(400);
  expect(page.redirectTo).toBeUndefined();
});

test('errors of endpoints are JSON as OAuth has it, and not cached', async () => {
  const answer = await fetch(`${world.publicUrl}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'authorization_code', client_id: 'intranet' }),
  });
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([401, 'no-store']);
  expect(await answer.json()).toEqual({ error: 'invalid_client', error_description: 'client authentication failed' });
});
