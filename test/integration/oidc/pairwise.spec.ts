import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { anna, application, authorize, logIn, newBrowser, openWorld, type OidcWorld } from './world.js';

const folder = mkdtempSync(join(tmpdir(), 'foyer-oidc-pairwise-'));
const api = 'https://api.example/';
const pairwise = { subjectType: 'pairwise' } as const;
const clinic = application('clinic', {
  ...pairwise,
  resources: [{ uri: api, scopes: ['visits'] }],
  postLogoutRedirectUris: ['https://clinic.example/bye'],
});
/** Another application of the clinic, on the same host. */
const ward = application('ward', { ...pairwise, redirectUris: ['https://clinic.example/ward'] });
const shop = application('shop', pairwise);
/** On two hosts, which only the address of the sector joins. */
const group = application('group', {
  ...pairwise,
  redirectUris: ['https://group.example/callback', 'https://group-two.example/callback'],
  sectorIdentifierUri: 'https://clinic.example/sector.json',
});
const intranet = application('intranet', {});
const applications = [clinic, ward, shop, group, intranet];
let world: OidcWorld;

const open = async (port?: number): Promise<OidcWorld> => openWorld({ folder, applications: () => applications, port });

beforeAll(async () => {
  world = await open();
});
beforeEach(() => {
  world.logins.next = {};
  world.accounts.set(anna.userId, anna);
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

const callbackOf = ({ oidc }: typeof clinic): string => oidc.redirectUris[0] ?? '';
const subOf = async (app: typeof clinic): Promise<string> =>
  (await logIn(await world.discover(app.oidc), callbackOf(app))).tokens.claims()?.sub ?? '';

test('discovery says both', async () => {
  const rp = await world.discover(clinic.oidc);
  expect(rp.serverMetadata().subject_types_supported).toEqual(['public', 'pairwise']);
});

test('each sector has its own sub, which is not the id, and what is on one host or names one sector shares it', async () => {
  const [atClinic, atWard, atGroup, atShop, atIntranet] = [
    await subOf(clinic),
    await subOf(ward),
    await subOf(group),
    await subOf(shop),
    await subOf(intranet),
  ];
  expect(atIntranet).toBe(anna.userId);
  expect([atWard, atGroup]).toEqual([atClinic, atClinic]);
  expect(new Set([atClinic, atShop, atIntranet]).size).toBe(3);
  expect(atClinic).toMatch(/^[\w-]{43}$/);
});

test('two people are two', async () => {
  const sub = await subOf(clinic);
  world.accounts.set('user-bob', { ...anna, userId: 'user-bob' });
  world.logins.next = { subject: 'user-bob' };
  expect(await subOf(clinic)).not.toBe(sub);
});

test('it is the same in the ID token, at userinfo, in introspection, after a refresh, and in access tokens for an API', async () => {
  const rp = await world.discover(clinic.oidc);
  const { tokens } = await logIn(rp, callbackOf(clinic), { scope: 'openid profile offline_access' });
  const sub = tokens.claims()?.sub ?? '';
  expect(await client.fetchUserInfo(rp, tokens.access_token, sub)).toMatchObject({ sub, given_name: 'Anna' });
  expect(await client.tokenIntrospection(rp, tokens.access_token)).toMatchObject({ active: true, sub });
  expect(await client.tokenIntrospection(rp, tokens.refresh_token ?? '')).toMatchObject({ active: true, sub });
  const refreshed = await client.refreshTokenGrant(rp, tokens.refresh_token ?? '');
  expect(refreshed.claims()?.sub).toBe(sub);
  const forApi = await logIn(rp, callbackOf(clinic), { scope: 'openid visits', resource: api });
  expect(decodeJwt(forApi.tokens.access_token)).toMatchObject({ sub, aud: api });
});

test('Foyer’s id of the person is in nothing that a pairwise client gets', async () => {
  const rp = await world.discover(clinic.oidc);
  const { tokens, back } = await logIn(rp, callbackOf(clinic), { scope: 'openid profile email offline_access' });
  const forApi = await logIn(rp, callbackOf(clinic), { scope: 'openid visits', resource: api });
  const decoded = [tokens.id_token, forApi.tokens.id_token, forApi.tokens.access_token].map((token) => decodeJwt(token ?? ''));
  const userinfo = await client.fetchUserInfo(rp, tokens.access_token, tokens.claims()?.sub ?? '');
  const introspected = await client.tokenIntrospection(rp, tokens.access_token);
  const all = JSON.stringify([back?.href, tokens, decoded, userinfo, introspected]);
  expect(all).not.toContain(anna.userId);
  expect(all).not.toContain(Buffer.from(anna.userId).toString('base64url'));
});

test('an id_token_hint with it finds the session, and one of another sector does not', async () => {
  const rp = await world.discover(clinic.oidc);
  const { tokens, browser } = await logIn(rp, callbackOf(clinic));
  const hint = tokens.id_token ?? '';
  const silent = { prompt: 'none' };
  const found = await authorize(rp, callbackOf(clinic), { ...silent, id_token_hint: hint }, browser);
  expect(found.back?.searchParams.get('code')).toEqual(expect.any(String));

  world.accounts.set('user-bob', { ...anna, userId: 'user-bob' });
  world.logins.next = { subject: 'user-bob' };
  const bob = await logIn(rp, callbackOf(clinic), {}, newBrowser());
  const other = await authorize(rp, callbackOf(clinic), { ...silent, id_token_hint: bob.tokens.id_token ?? '' }, browser);
  expect(other.back?.searchParams.get('error')).toBe('login_required');
});

test('it logs out at once whom it names', async () => {
  const rp = await world.discover(clinic.oidc);
  const { tokens, browser } = await logIn(rp, callbackOf(clinic));
  const url = client.buildEndSessionUrl(rp, {
    id_token_hint: tokens.id_token ?? '',
    post_logout_redirect_uri: 'https://clinic.example/bye',
  });
  expect((await browser.open(url)).redirectTo).toBe('https://clinic.example/bye');
  expect(await world.sessions.current(browser.cookies.header(new URL(world.publicUrl)))).toBeUndefined();
});

test('a raw id as requested subject is not matched, the pairwise one is', async () => {
  const rp = await world.discover(clinic.oidc);
  const sub = await subOf(clinic);
  const ask = async (value: string) =>
    (await authorize(rp, callbackOf(clinic), { claims: JSON.stringify({ id_token: { sub: { value } } }) })).back?.searchParams;
  expect((await ask(sub))?.get('code')).toEqual(expect.any(String));
  expect((await ask(anna.userId))?.get('error')).toBe('login_required');
});

test('it outlives a rotation of the signing keys and a restart', async () => {
  const before = await subOf(clinic);
  await world.keys.rotate();
  expect(await subOf(clinic)).toBe(before);
  const { port } = new URL(world.publicUrl);
  await world.close();
  world = await open(Number(port));
  expect(await subOf(clinic)).toBe(before);
});
