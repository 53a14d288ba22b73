import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import type { Application } from '@foyer/applications';
import { Browser } from '../../../apps/demo/browserless/index.js';
import { anna, application, authorize, logIn, newBrowser, openWorld, type OidcWorld } from './world.js';

const folder = mkdtempSync(join(tmpdir(), 'foyer-oidc-release-'));
const implicit = application('implicit', {});
const asking = application('asking', {}, { consent: 'ask', claims: { requested: ['department'], mandatory: [], idToken: ['department'] } });
const asserted = application(
  'asserted',
  {},
  { assertIdentity: 'external', claims: { requested: ['groups'], mandatory: [], idToken: ['idp'] } },
);
const demanding = application('demanding', {}, { claims: { requested: ['phoneNumber'], mandatory: ['phoneNumber'], idToken: [] } });
let applications: Application[];
let world: OidcWorld;

beforeAll(async () => {
  world = await openWorld({ folder, applications: () => applications });
});
beforeEach(async () => {
  applications = [implicit, asking, asserted, demanding];
  Object.assign(world.logins, { next: {}, agree: true, mayOpen: true, signedIn: undefined });
  world.logins.requests.length = 0;
  world.accounts.set(anna.userId, { ...anna, emailVerifiedByIdp: true });
  for (const subject of [anna.userId, 'user-bob']) await world.database.transaction((tx) => world.consents.forget(tx, subject));
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

const callback = ({ name }: Application): string => `https://${name}.example/callback`;
const open = async (app: Application, parameters: Record<string, string> = {}, browser = newBrowser()) =>
  logIn(await world.discover(app.oidc), callback(app), parameters, browser);
const ask = async (app: Application, parameters: Record<string, string>, browser: ReturnType<typeof newBrowser>) =>
  (await authorize(await world.discover(app.oidc), callback(app), parameters, browser)).back?.searchParams;
const userinfo = async (app: Application, accessToken: string) =>
  client.fetchUserInfo(await world.discover(app.oidc), accessToken, client.skipSubjectCheck);
const revoke = (app: Application, subject = anna.userId) =>
  world.database.transaction((tx) => world.consents.revoke(tx, subject, app.id, Date.now()));

describe('an application that asks', () => {
  test('says what it would learn by local names, and learns it once the person agreed', async () => {
    const { tokens } = await open(asking, { scope: 'openid email offline_access' });
    expect(world.logins.requests.at(-1)?.release).toEqual({
      claims: ['email', 'emailVerified', 'department', 'offline_access'],
      askAgain: false,
    });
    expect(tokens.claims()).toMatchObject({ department: 'sales' });
    expect(await userinfo(asking, tokens.access_token)).toEqual({
      sub: anna.userId,
      email: 'anna@acme.example',
      email_verified: true,
      department: 'sales',
    });
  });

  test('gets an error when the person does not agree', async () => {
    world.logins.agree = false;
    expect((await ask(asking, {}, newBrowser()))?.get('error')).toBe('access_denied');
  });

  test('asks a person whose session another application opened, without a login', async () => {
    const { browser, tokens } = await open(implicit);
    const before = await world.sessions.current(browser.cookies.header(new URL(world.publicUrl)));
    await open(asking, {}, browser);
    expect(world.logins.signedIn).toMatchObject({ subject: anna.userId });
    expect(await world.sessions.current(browser.cookies.header(new URL(world.publicUrl)))).toEqual(before);
    expect((await userinfo(implicit, tokens.access_token)).sub).toBe(anna.userId);
    world.logins.requests.length = 0;
    await open(asking, {}, browser);
    expect(world.logins.requests).toEqual([]);
  });

  test('asks again for more, and then for everything that it ever asked for at once', async () => {
    const { browser } = await open(asking, { scope: 'openid email' });
    await open(asking, { scope: 'openid' }, browser);
    expect(world.logins.requests).toHaveLength(1);
    await open(asking, { scope: 'openid phone' }, browser);
    expect(world.logins.requests).toHaveLength(2);
    await open(asking, { scope: 'openid email phone' }, browser);
    expect(world.logins.requests).toHaveLength(2);
  });

  test('prompt=none says that consent is needed, and prompt=consent asks again', async () => {
    const { browser } = await open(implicit);
    expect((await ask(asking, { prompt: 'none' }, browser))?.get('error')).toBe('consent_required');
    await open(asking, {}, browser);
    expect((await ask(asking, { prompt: 'none' }, browser))?.get('code')).toEqual(expect.any(String));
    world.logins.requests.length = 0;
    await open(asking, { prompt: 'consent' }, browser);
    expect(world.logins.requests).toMatchObject([{ release: { askAgain: true } }]);
    world.logins.agree = false;
    expect((await ask(asking, { prompt: 'consent' }, browser))?.get('error')).toBe('access_denied');
  });

  test('consent of one person does not count for another', async () => {
    await open(asking);
    world.accounts.set('user-bob', { ...anna, userId: 'user-bob' });
    world.logins.next = { subject: 'user-bob' };
    const { browser } = await open(implicit);
    expect((await ask(asking, { prompt: 'none' }, browser))?.get('error')).toBe('consent_required');
  });

  test('taken back, consent is asked for again, and nothing that was given on it is worth anything', async () => {
    const { browser, tokens } = await open(asking, { scope: 'openid email offline_access' });
    await revoke(asking);
    await expect(userinfo(asking, tokens.access_token)).rejects.toMatchObject({ status: 401 });
    expect(await client.tokenIntrospection(await world.discover(asking.oidc), tokens.access_token)).toEqual({ active: false });
    await expect(client.refreshTokenGrant(await world.discover(asking.oidc), tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    expect((await ask(asking, { prompt: 'none' }, browser))?.get('error')).toBe('consent_required');
  });

  test('a code is worth nothing once consent is taken back', async () => {
    const rp = await world.discover(asking.oidc);
    const { back, checks } = await authorize(rp, callback(asking));
    await revoke(asking);
    await expect(client.authorizationCodeGrant(rp, back ?? new URL('x:'), checks)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  test('learns nothing new by settings alone: not at userinfo, not at a refresh', async () => {
    const { tokens } = await open(asking, { scope: 'openid offline_access' });
    applications = [{ ...asking, claims: { requested: ['department', 'email'], mandatory: [], idToken: ['email'] } }];
    expect(await userinfo(asking, tokens.access_token)).toEqual({ sub: anna.userId, department: 'sales' });
    const refreshed = await client.refreshTokenGrant(await world.discover(asking.oidc), tokens.refresh_token ?? '');
    expect(refreshed.claims()).not.toHaveProperty('email');
  });

  test('that begins to ask stops learning from those who were not asked', async () => {
    const { tokens } = await open(implicit);
    applications = [{ ...implicit, consent: 'ask' }];
    await expect(userinfo(implicit, tokens.access_token)).rejects.toMatchObject({ status: 401 });
  });

  test.each([
    ['whoever signed out', undefined],
    ['somebody else who signed in', 'user-bob'],
  ])('%s while the question stood open is not let in by the answer to it', async (_who, subject) => {
    let stops = false;
    const browser = new Browser({
      stopAt: ({ hostname, pathname }) => hostname.endsWith('.example') || (stops && pathname.startsWith('/idp/')),
    });
    await open(implicit, {}, browser);
    stops = true;
    const rp = await world.discover(asking.oidc);
    const { page } = await authorize(rp, callback(asking), {}, browser);
    stops = false;
    const [question] = world.logins.requests.splice(0, 2).slice(-1);
    const signedIn = world.logins.signedIn;
    if (subject === undefined) {
      const session = await world.sessions.current(browser.cookies.header(new URL(world.publicUrl)));
      await world.sessions.end(session?.sessionId ?? '');
    } else {
      world.accounts.set(subject, { ...anna, userId: subject });
      world.logins.next = { subject };
      await open(implicit, { prompt: 'login' }, browser);
    }
    // Nobody else is let in by logging in on the way.
    world.logins.next = { error: 'access_denied' };
    world.logins.agree = false;
    Object.assign(world.logins, { signedIn, requests: [question] });
    const answered = await world.answerRelease(question?.correlation ?? '', signedIn?.loginId ?? '');
    const back = (await browser.open(answered)).redirectTo;
    expect(new URL(back ?? page.url).searchParams.get('error')).toBe('access_denied');
  });
});

describe('an application that must know something', () => {
  test('lets the login ask for it, and gets an error when it may not', async () => {
    const { browser } = await open(implicit);
    expect((await ask(demanding, { prompt: 'none' }, browser))?.get('error')).toBe('interaction_required');
    world.accounts.set(anna.userId, { ...anna, attributes: { ...anna.attributes, phoneNumber: '+46 70 1' } });
    const params = await ask(demanding, { prompt: 'none' }, browser);
    expect(params?.get('code')).toEqual(expect.any(String));
  });

  test('gets what was typed for it in this login, and no other application does', async () => {
    world.logins.next = { typed: { demanding: { phoneNumber: '+46 70 1' } } };
    const { tokens, browser } = await open(demanding);
    expect(await userinfo(demanding, tokens.access_token)).toMatchObject({ phone_number: '+46 70 1' });
    const other = await open(implicit, { scope: 'openid phone' }, browser);
    expect(await userinfo(implicit, other.tokens.access_token)).not.toHaveProperty('phone_number');
  });

  test('gets what the account says, whatever was typed, and nothing typed that it does not insist on', async () => {
    world.accounts.set(anna.userId, { ...anna, attributes: { ...anna.attributes, phoneNumber: '+46 1' }, emailVerifiedByIdp: true });
    world.logins.next = { typed: { demanding: { phoneNumber: 'typed', givenName: 'Typed', email: 'typed@evil.example' } } };
    const { tokens } = await open(demanding);
    const told = await userinfo(demanding, tokens.access_token);
    expect(told).toMatchObject({ phone_number: '+46 1', given_name: 'Anna', email: 'anna@acme.example', email_verified: true });
  });

  test('a typed e-mail address is never verified', async () => {
    applications = [{ ...demanding, claims: { requested: ['email'], mandatory: ['email'], idToken: [] } }];
    const { email: _, ...attributes } = anna.attributes;
    world.accounts.set(anna.userId, { ...anna, attributes, emailVerifiedByIdp: true });
    world.logins.next = { typed: { demanding: { email: 'typed@acme.example' } } };
    const { tokens } = await open(demanding);
    expect(await userinfo(demanding, tokens.access_token)).toMatchObject({ email: 'typed@acme.example', email_verified: false });
  });
});

describe('the asserted identity', () => {
  const external = {
    attributes: { givenName: 'Ann', email: 'ann@idp.example', emailVerified: false },
    roles: ['owner'],
    groups: ['visitors'],
  };

  test('is the linked account by default, whatever the identity provider said', async () => {
    world.logins.next = { external };
    const { tokens } = await open(implicit, { scope: 'openid profile email roles' });
    const told = await userinfo(implicit, tokens.access_token);
    expect(told).toMatchObject({ given_name: 'Anna', email: 'anna@acme.example', roles: ['developer'] });
    expect(told).not.toHaveProperty('external_sub');
  });

  test('is, where the application says so, what the identity provider said at this login, and where it came from', async () => {
    world.logins.next = { external };
    const { tokens } = await open(asserted, { scope: 'openid profile email roles' });
    expect(tokens.claims()).toMatchObject({ sub: anna.userId, idp: 'acme' });
    expect(await userinfo(asserted, tokens.access_token)).toEqual({
      ...{ sub: anna.userId, given_name: 'Ann', email: 'ann@idp.example', email_verified: false },
      ...{ roles: ['owner'], groups: ['visitors'], idp: 'acme', external_sub: 'ext-anna' },
    });
  });

  test('is without what the person takes back afterwards, also for tokens that were given before', async () => {
    world.logins.next = { external };
    const { tokens } = await open(asserted, { scope: 'openid profile email' });
    world.logins.withheld = new Set(['email', 'emailVerified']);
    const told = await userinfo(asserted, tokens.access_token);
    world.logins.withheld = new Set();
    expect(told).toMatchObject({ given_name: 'Ann' });
    expect(told).not.toHaveProperty('email');
    expect(told).not.toHaveProperty('email_verified');
  });

  test('of an account is without what an identity provider said and the person took back, though the account keeps it', async () => {
    const { tokens } = await open(implicit, { scope: 'openid profile email' });
    expect(await userinfo(implicit, tokens.access_token)).toMatchObject({ given_name: 'Anna', email: 'anna@acme.example' });
    world.logins.withheld = new Set(['givenName', 'email', 'emailVerified']);
    const told = await userinfo(implicit, tokens.access_token);
    world.logins.withheld = new Set();
    // The given name is nobody's who asks for consent.
    expect(told).toMatchObject({ sub: anna.userId, given_name: 'Anna' });
    expect(told).not.toHaveProperty('email');
    expect(told).not.toHaveProperty('email_verified');
  });

  test('gives nobody power at the admin API: there the account counts', async () => {
    applications = [
      { ...asserted, oidc: { ...asserted.oidc, resources: [{ uri: `${world.publicUrl}/api/v1`, scopes: ['admin', 'users:read'] }] } },
    ];
    world.logins.next = { external };
    const { tokens } = await open(asserted, { scope: 'openid admin users:read', resource: `${world.publicUrl}/api/v1` });
    expect((await world.verifier.verify(tokens.access_token)).scopes).toEqual([]);
  });

  test('is the account’s for whoever logged in with a password', async () => {
    world.logins.next = { identityProvider: undefined, externalSubject: undefined };
    const { tokens } = await open(asserted, { scope: 'openid profile' });
    const told = await userinfo(asserted, tokens.access_token);
    expect(told).toMatchObject({ given_name: 'Anna', preferred_username: 'anna', groups: ['staff'] });
    expect(told).not.toHaveProperty('idp');
  });
});
