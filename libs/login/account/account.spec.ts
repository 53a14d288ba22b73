import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import { SqliteState } from '@foyer/platform';
import { schema } from '../../../ormconfig.js';
import { Authentications } from '../authentications.js';
import type { BrowserSession, BrowserSessions, OpenBrowserSession } from '../contract.js';
import { startLoginApp, type LoginApp } from '../login-app.conformance.js';
import { application, identityProvider, LoginWorld } from '../login-world.conformance.js';

const folder = mkdtempSync(join(tmpdir(), 'foyer-account-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let world: LoginWorld;
let app: LoginApp;
let files = 0;
let current: BrowserSession | undefined;
let open: OpenBrowserSession[];

const sessions: BrowserSessions = {
  current: async (cookies) => (cookies?.includes('session=mine') ? current : undefined),
  listOf: async (subject) => open.filter((each) => each.subject === subject),
  end: async (id) => void (open = open.filter((each) => each.sessionId !== id)),
  startAccountLogin: ({ anew, state } = {}) => `/oauth2/authorize?client_id=foyer-account${anew ? `&prompt=login&state=${state}` : ''}`,
};

const linkId = '0b0b0b0b-0000-7000-8000-000000000001';
const link = { id: linkId, identityProviderId: 'id-of-beta', identityProvider: 'beta', subject: 'anna-there', status: 'active' };

beforeEach(async () => {
  const file = join(folder, `${(files += 1)}.db`);
  world = new LoginWorld((clock) => SqliteState.open(file, clock));
  world.providers = [identityProvider('acme', { displayName: 'Acme & <Sons>' }), identityProvider('beta', { displayName: 'Beta' })];
  world.apps = [application({ identityProviders: ['acme', 'beta'], local: true })];
  open = [];
  current = undefined;
  app = await startLoginApp(world, { folder, schema, sessions, links: [{ link, removable: true }] });
});
afterEach(() => app.close());

const get = (path: string, cookies = '') => fetch(app.address + path, { headers: { cookie: cookies }, redirect: 'manual' });
const post = (path: string, form: Record<string, string>, cookies = '') =>
  fetch(app.address + path, { method: 'POST', body: new URLSearchParams(form), headers: { cookie: cookies }, redirect: 'manual' });
const tokenIn = (html: string): string => /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? '';

const mine = { sessionId: 's-1', loginId: 'l-1', subject: 'user-anna' };
const show = () => get('/account', 'session=mine');
/** Milliseconds that have passed since the person logged in, as the identity provider says. */
const signIn = async (account: boolean, ago = 0, authTimeProven = true): Promise<void> => {
  current = mine;
  open = [
    { ...mine, startedAt: world.clock.time, applications: ['intranet'] },
    { ...mine, sessionId: 's-2', startedAt: 0, applications: [] },
    { ...mine, sessionId: 'other', subject: 'bob', startedAt: 0, applications: [] },
  ];
  await new Authentications(world.state, world.identityProviders).save(
    {
      loginId: 'l-1',
      subject: mine.subject,
      account,
      identityProvider: { id: 'id-of-acme', name: 'acme' },
      attributes: { displayName: 'Anna <A>', email: 'anna@acme.example' },
      authTime: Math.floor((world.clock.time - ago) / 1000),
      authTimeProven,
    },
    world.clock.time + 3_600_000,
  );
  world.origins = { displayName: { by: 'idp', identityProviderId: 'id-of-beta' } };
  world.account = {
    userId: mine.subject,
    username: 'anna',
    enabled: true,
    attributes: { displayName: 'Anna Stored', country: 'SE' },
    roles: ['developer'],
    groups: [],
  };
};

test('without a session the person logs in first', async () => {
  const response = await get('/account');
  expect([response.status, response.headers.get('location')]).toEqual([303, '/oauth2/authorize?client_id=foyer-account']);
  const lost = await get('/account/callback?code=c');
  expect([lost.status, await lost.text()]).toEqual([400, expect.stringContaining('account.noSession')]);
});

test('shows the account, where each value came from, and the sessions', async () => {
  await signIn(true);
  expect((await get('/account/callback?code=c', 'session=mine')).headers.get('location')).toBe('/account');
  const html = await (await show()).text();
  for (const shown of [
    '<h1>Anna Stored</h1>',
    '<bdi>SE</bdi>',
    '>Beta</td>',
    '>Set here</td>',
    'developer',
    'This browser, since',
    'Opened The Intranet',
  ]) {
    expect(html).toContain(shown);
  }
  expect(html).not.toContain('value="other"');
});

test('shows somebody without an account what this login told', async () => {
  await signIn(false);
  const html = await (await show()).text();
  expect(html).toContain('<h1>Anna &lt;A&gt;</h1>');
  expect(html).toContain('No account is kept for you here');
  expect(html).toContain('anna@acme.example');
});

test('ends one session, all of them, or this one; nobody else’s, and only by its own form', async () => {
  await signIn(true);
  const csrf = tokenIn(await (await show()).text());
  const end = (form: Record<string, string>, path = '/account/sessions/end') => post(path, form, 'session=mine');
  expect((await end({ session: 's-2' })).status).toBe(400);
  await end({ csrf, session: 'other' });
  expect(open).toHaveLength(3);
  expect((await end({ csrf, session: 's-2' })).headers.get('location')).toBe('/account');
  expect(open.map(({ sessionId }) => sessionId)).toEqual(['s-1', 'other']);
  expect((await end({ csrf }, '/account/sessions/end-all')).headers.get('location')).toBe('/login/signed-out');
  expect(open.map(({ sessionId }) => sessionId)).toEqual(['other']);
  expect((await show()).status).toBe(303);
});

test('a revoked login shows nothing any more', async () => {
  await signIn(true);
  await new Authentications(world.state, world.identityProviders).revokeUser(mine.subject);
  expect((await show()).status).toBe(303);
});

const confirm = `/account/links/${linkId}`;
const loginAgain = `/oauth2/authorize?client_id=foyer-account&prompt=login&state=${linkId}`;

test('asks before a link goes, up to ten minutes after the person was there', async () => {
  await signIn(true, 599_000);
  const page = await get(confirm, 'session=mine');
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<h1>Remove Beta?</h1>')]);
});

test.each([
  ['was there too long ago', 601_000, true],
  ['may not have been there at all', 0, false],
])('sends a person who %s to log in again before a link goes', async (_, ago, proven) => {
  await signIn(true, ago, proven);
  expect((await get(confirm, 'session=mine')).headers.get('location')).toBe(loginAgain);
  const csrf = tokenIn(await (await show()).text());
  expect((await post(confirm, { csrf }, 'session=mine')).headers.get('location')).toBe(loginAgain);
});

test('a form that was asked for in time and is sent too late takes no link away', async () => {
  await signIn(true);
  const csrf = tokenIn(await (await get(confirm, 'session=mine')).text());
  world.clock.time += 601_000;
  expect((await post(confirm, { csrf }, 'session=mine')).headers.get('location')).toBe(loginAgain);
});

test('whoever comes back from the login stands where they were, whatever state is made up', async () => {
  await signIn(true);
  const back = async (state: string): Promise<string | null> =>
    (await get(`/account/callback?code=c&state=${encodeURIComponent(state)}`, 'session=mine')).headers.get('location');
  expect(await back(linkId)).toBe(confirm);
  for (const state of ['https://evil.example/', '//evil.example', '../console', 'x'.repeat(500), ''])
    expect(await back(state)).toBe('/account');
});
