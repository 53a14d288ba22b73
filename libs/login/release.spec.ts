import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { FoyerError, SqliteState } from '@foyer/platform';
import { Authentications } from './authentications.js';
import type { Authentication } from './contract.js';
import type { LoginFlow } from './login-flow.js';
import { application, Browser, LoginWorld } from './login-world.conformance.js';
import type { ReleaseAnswer, ReleaseTurn } from './step.js';

const folder = mkdtempSync(join(tmpdir(), 'foyer-release-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ways = { identityProviders: ['acme'], local: false };
const asking = application(ways, { consent: 'ask' });
const demanding = application(ways, { claims: { requested: ['phoneNumber', 'email'], mandatory: ['phoneNumber', 'email'], idToken: [] } });
const release = { claims: ['email', 'givenName'], askAgain: false };
const answered = { kind: 'redirect', to: 'https://app.example/answered/corr-1' };
const anna = { userId: 'user-anna', username: 'anna', enabled: true, attributes: { email: 'anna@acme.example' }, roles: [], groups: [] };

let world: LoginWorld;
let flow: LoginFlow;
let browser: Browser;
let files = 0;
let id: string;

beforeEach(() => {
  const file = join(folder, `${(files += 1)}.db`);
  world = new LoginWorld((clock) => SqliteState.open(file, clock));
  world.apps = [asking];
  world.account = anna;
  flow = world.start();
  browser = new Browser();
});

/** A login up to where the person came back from the identity provider. */
async function comeBack(request: object = { release }) {
  const hop = await flow.begin(world.request(request));
  browser.keep(hop.cookies);
  const outcome = await flow.answer('acme', { state: world.stateOf(hop.redirectTo), code: 'c' }, browser.cookies);
  ({ id } = outcome.login);
  return outcome;
}

const open = () => flow.open(id, browser.cookies);
const say = (answer: Partial<ReleaseAnswer> = {}) =>
  flow.submit(id, browser.cookies, world.formToken(id, browser), {
    ...{ kind: 'release', agreed: true, shown: release.claims, typed: {}, keep: false },
    ...answer,
  });
const code = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'went on',
    (error: unknown) => (error instanceof FoyerError ? error.code : String(error)),
  );
const asked = async (outcome: Promise<{ turn: { kind: string } }>): Promise<ReleaseTurn> => {
  const { turn } = await outcome;
  if (turn.kind !== 'release') throw new Error(`Not asked, but ${turn.kind}`);
  return turn as ReleaseTurn;
};

describe('consent', () => {
  test('is asked for with the claims and their values, before anything is opened or answered', async () => {
    const turn = await asked(comeBack());
    expect(turn.due).toMatchObject({ consent: ['email', 'givenName'], missing: [] });
    expect(turn.facts).toMatchObject({ email: 'anna@acme.example', emailVerified: false });
    expect([world.answered, world.recorded, await world.state.get('authentication', id)]).toEqual([[], [], undefined]);
    expect((await say()).turn).toEqual(answered);
    expect([...world.agreed]).toEqual([['user-anna id-of-intranet', ['email', 'givenName']]]);
    expect(world.answered).toMatchObject([{ subject: 'user-anna' }]);
  });

  test('that was given is not asked for again, and more is', async () => {
    await comeBack();
    await say();
    expect((await comeBack()).turn).toEqual(answered);
    expect((await comeBack({ release: { ...release, claims: ['email'] } })).turn).toEqual(answered);
    expect((await asked(comeBack({ release: { ...release, claims: ['email', 'roles'] } }))).due.consent).toEqual(['email', 'roles']);
  });

  test('is asked for again on demand', async () => {
    await comeBack();
    await say();
    await asked(comeBack({ release: { ...release, askAgain: true } }));
    expect((await say()).turn).toEqual(answered);
  });

  test('of one person does not count for another', async () => {
    await comeBack();
    await say();
    world.provisionWith = async () => ({
      ...{ kind: 'account', subject: 'user-bob', outcome: 'unchanged', userStore: 'PRIMARY', username: 'bob' },
      mapped: { attributes: {}, roles: [], groups: [] },
    });
    expect((await asked(comeBack())).due.consent).toEqual(release.claims);
  });

  test('for what the page did not show is not given: it is shown first', async () => {
    await comeBack();
    const turn = await asked(say({ shown: ['email'] }));
    expect(turn.mistakes).toMatchObject({ page: { message: 'release.error.changed', status: 409 } });
    expect([...world.agreed]).toEqual([]);
  });

  test('refused ends the login, and the application learns nothing but that', async () => {
    await comeBack();
    const { login } = await say({ agreed: false });
    expect(login.ending).toMatchObject({ outcome: 'denied', step: 'release', code: 'consent.application.refused', error: 'access_denied' });
    expect([world.answered, [...world.agreed]]).toEqual([[], []]);
    const back = await flow.goBack(id, browser.cookies, world.formToken(id, browser));
    expect(back.turn).toEqual({ kind: 'redirect', to: 'https://app.example/failed/corr-1' });
    expect(world.failed).toMatchObject([{ error: 'access_denied' }]);
    expect(JSON.stringify(world.failed)).not.toContain('anna');
  });

  test('is not needed by an application that does not ask', async () => {
    world.apps = [application(ways)];
    expect((await comeBack()).turn).toEqual(answered);
    expect((await comeBack({})).turn).toEqual(answered);
  });
});

describe('the page', () => {
  test('can be opened again, in two tabs at once and after a restart, and asks the same', async () => {
    await comeBack();
    const both = await Promise.all([asked(open()), asked(open())]);
    flow = world.restart();
    expect([...both, await asked(open())].map(({ due }) => due.consent)).toEqual(Array(3).fill(release.claims));
    expect(world.provisioned).toBe(1);
  });

  test('sent twice at once takes effect once, and both lead to the application', async () => {
    await comeBack();
    const both = await Promise.all([say(), say()]);
    expect(both.map(({ turn }) => turn)).toEqual([answered, answered]);
    expect([world.answered.length, world.recorded.length, [...world.agreed.values()]]).toEqual([1, 1, [release.claims]]);
  });

  test('agreed to in one tab and refused in the other, the first counts', async () => {
    await comeBack();
    expect((await say()).turn).toEqual(answered);
    expect((await say({ agreed: false })).turn).toEqual(answered);
    expect([...world.agreed.values()]).toEqual([release.claims]);
  });

  test('is of the browser that began, and of its own form', async () => {
    await comeBack();
    expect(await code(flow.open(id, ''))).toBe('login.otherBrowser');
    const answer = { kind: 'release', agreed: true, shown: release.claims, typed: {}, keep: false } as const;
    expect(await code(flow.submit(id, browser.cookies, '', answer))).toBe('login.csrf');
    expect(await code(flow.submit(id, '', world.formToken(id, browser), answer))).toBe('login.otherBrowser');
    expect([...world.agreed]).toEqual([]);
  });

  test('expires with its login', async () => {
    await comeBack();
    world.clock.time += 1_800_000;
    expect([await code(open()), await code(say())]).toEqual(['login.expired', 'login.expired']);
  });

  test('is not left by the callback of the identity provider, opened again', async () => {
    const hop = await flow.begin(world.request({ release }));
    browser.keep(hop.cookies);
    const callback = () => flow.answer('acme', { state: world.stateOf(hop.redirectTo), code: 'c' }, browser.cookies);
    ({ id } = (await callback()).login);
    await asked(callback());
    expect(world.completed).toBe(1);
  });

  test('does not help somebody whose account was disabled in the meantime', async () => {
    await comeBack();
    world.disabled = 'user-anna';
    expect((await say()).login.ending).toMatchObject({ code: 'account.disabled' });
  });
});

describe('what the application must have', () => {
  const missing = { release: { claims: ['phoneNumber', 'email'], askAgain: false } };

  beforeEach(() => {
    world.apps = [demanding];
  });

  test('is asked for when nobody knows it, and released for this login', async () => {
    const turn = await asked(comeBack(missing));
    expect(turn).toMatchObject({ due: { missing: ['phoneNumber'] }, keepable: true });
    expect(turn.due.consent).toBeUndefined();
    expect((await say({ typed: { phoneNumber: ' +46 70 123 ' } })).turn).toEqual(answered);
    expect(world.answered).toMatchObject([{ typed: { 'id-of-intranet': { phoneNumber: '+46 70 123' } } }]);
    expect(world.kept).toEqual([]);
    await asked(comeBack(missing));
  });

  test('is kept in the account when the person says so', async () => {
    await comeBack(missing);
    await say({ typed: { phoneNumber: '+46 70 123' }, keep: true });
    expect(world.kept).toEqual([{ userId: 'user-anna', attributes: { phoneNumber: '+46 70 123' }, loginId: id }]);
  });

  test.each(['', '   ', 'a', '+46\u202e70', '+46\n70', 'x'.repeat(513), '<script>'])(
    '%j is no phone number, and the page says so',
    async (text) => {
      await comeBack(missing);
      const turn = await asked(say({ typed: { phoneNumber: text }, keep: true }));
      expect(turn.mistakes?.fields['phoneNumber']).toMatch(/^release\.error\./);
      expect([world.kept, world.answered]).toEqual([[], []]);
    },
  );

  test('never overwrites what the identity provider or the account says, whatever fields a form has', async () => {
    await comeBack(missing);
    const typed = {
      phoneNumber: '+46 70',
      email: 'evil@evil.example',
      givenName: 'Evil',
      roles: 'owner',
      __proto__: 'x',
      emailVerified: 'true',
    };
    await say({ typed, keep: true });
    expect(world.kept).toMatchObject([{ attributes: { phoneNumber: '+46 70' } }]);
    expect(Object.keys(world.kept[0]?.attributes ?? {})).toEqual(['phoneNumber']);
    expect(world.answered[0]?.typed).toEqual({ 'id-of-intranet': { phoneNumber: '+46 70' } });
  });

  test('refused ends the login', async () => {
    await comeBack(missing);
    const { login } = await say({ agreed: false });
    expect(login.ending).toMatchObject({ outcome: 'denied', code: 'claims.missing', error: 'access_denied' });
  });

  test.each([new FoyerError('unavailable', 'store.unavailable', 'down'), new FoyerError('conflict', 'store.readOnly', 'read-only')])(
    'can be told without being kept while the store does not take it: $code',
    async (thrown) => {
      world.keepWith = () => Promise.reject(thrown);
      await comeBack(missing);
      const typed = { phoneNumber: '+46 70' };
      expect((await asked(say({ typed, keep: true }))).mistakes).toMatchObject({ page: { message: 'release.error.notKept', status: 503 } });
      expect((await say({ typed })).turn).toEqual(answered);
    },
  );

  test('is not offered to be kept where no account is', async () => {
    world.provisionWith = async () => ({
      ...{ kind: 'claims', subject: 'link-anna', outcome: 'skip' },
      mapped: { attributes: { email: 'anna@acme.example' }, roles: [], groups: [] },
    });
    const turn = await asked(comeBack(missing));
    expect(turn).toMatchObject({ keepable: false, due: { missing: ['phoneNumber'] } });
    await asked(say({ typed: { phoneNumber: '+46 70' }, keep: true }));
    expect(world.kept).toEqual([]);
    expect((await say({ typed: { phoneNumber: '+46 70' } })).turn).toEqual(answered);
  });

  test('is asked for on the same page as consent', async () => {
    world.apps = [{ ...demanding, consent: 'ask' }];
    const turn = await asked(comeBack(missing));
    expect(turn.due).toMatchObject({ consent: ['phoneNumber', 'email'], missing: ['phoneNumber'] });
    const shown = ['phoneNumber', 'email'];
    expect((await asked(say({ shown }))).mistakes?.fields).toEqual({ phoneNumber: 'release.error.missing' });
    expect([...world.agreed]).toEqual([]);
    expect((await say({ shown, typed: { phoneNumber: '+46 70' } })).turn).toEqual(answered);
    expect([...world.agreed.values()]).toEqual([shown]);
  });
});

describe('an asserted identity', () => {
  const external = { attributes: { email: 'idp@acme.example', emailVerified: true }, roles: [], groups: [] };

  beforeEach(() => {
    world.apps = [{ ...demanding, assertIdentity: 'external' }];
    world.provisionWith = async () => ({
      ...{ kind: 'account', subject: 'user-anna', outcome: 'unchanged', userStore: 'PRIMARY', username: 'anna' },
      mapped: external,
    });
    world.account = { ...anna, attributes: { email: 'old@acme.example', phoneNumber: '+46 stored' } };
  });

  test('lacks what the account alone knows, and the person is asked for it', async () => {
    const turn = await asked(comeBack());
    expect(turn.due.missing).toEqual(['phoneNumber']);
    expect(turn.facts).toMatchObject({ email: 'idp@acme.example', emailVerified: true });
    expect((await say({ typed: { phoneNumber: '+46 70' } })).turn).toEqual(answered);
    expect(world.answered).toMatchObject([{ external, typed: { 'id-of-intranet': { phoneNumber: '+46 70' } } }]);
  });

  test('is completed by what the person said themselves before', async () => {
    world.origins = { phoneNumber: { by: 'self' } };
    expect((await comeBack()).turn).toEqual(answered);
  });
});

describe('a person who is signed in', () => {
  const mine: Authentication = {
    ...{ loginId: 'login-1', subject: 'user-anna', account: true, attributes: {}, authTime: 0, authTimeProven: true },
    identityProvider: { id: 'id-of-acme', name: 'acme' },
  };
  let authentications: Authentications;

  const begin = async (request: object = { release }): Promise<string> => {
    const hop = await flow.begin(world.request(request), mine);
    browser.keep(hop.cookies);
    id = hop.redirectTo.split('/').at(-1) ?? '';
    return hop.redirectTo;
  };

  beforeEach(async () => {
    authentications = new Authentications(world.state, world.identityProviders);
    await authentications.save(mine, world.clock.time + 60_000);
    world.session = { sessionId: 's', loginId: 'login-1', subject: 'user-anna' };
  });

  test('is only asked what the application may learn, and goes on in the same session', async () => {
    expect(await begin()).toMatch(/\/login\/[0-9a-f-]{36}$/);
    await asked(open());
    expect((await say()).turn).toEqual({ kind: 'redirect', to: 'https://app.example/released/corr-1' });
    expect([world.goneOn, world.answered, world.completed, world.provisioned]).toEqual([['login-1'], [], 0, 0]);
    expect(world.recorded).toMatchObject([{ ending: { outcome: 'answered' }, choice: { identityProvider: { name: 'acme' } } }]);
    // The session does not live longer for it.
    expect((await world.state.get('authentication', 'login-1'))?.expiresAt).toBe(world.clock.time + 60_000);
    expect(await world.state.get('authentication', id)).toBeUndefined();
    expect(JSON.stringify(await world.state.get('login', id))).not.toContain('user-anna');
  });

  test('without anything to ask goes on at once', async () => {
    world.agreed.set('user-anna id-of-intranet', release.claims);
    expect(await begin()).toBe('https://app.example/released/corr-1');
  });

  test('has what they type noted in their session, beside what they typed for others', async () => {
    world.apps = [demanding];
    await authentications.addTyped('login-1', 'other', { nickName: 'A' });
    await begin();
    expect((await say({ typed: { phoneNumber: '+46 70' } })).turn.kind).toBe('redirect');
    expect((await authentications.find('login-1'))?.typed).toEqual({
      other: { nickName: 'A' },
      'id-of-intranet': { phoneNumber: '+46 70' },
    });
  });

  test.each([
    ['signed out', undefined],
    ['is somebody else now', { sessionId: 't', loginId: 'login-2', subject: 'user-bob' }],
  ])('who %s neither sees nor decides anything, and the way back is open', async (_what, session) => {
    await begin();
    world.session = session;
    expect([await code(open()), await code(say())]).toEqual(['login.signedOut', 'login.signedOut']);
    expect([...world.agreed]).toEqual([]);
    const back = await flow.goBack(id, browser.cookies, world.formToken(id, browser));
    expect(back.turn).toMatchObject({ to: 'https://app.example/failed/corr-1' });
  });

  test('whose login was revoked is not let in by what they type', async () => {
    world.apps = [demanding];
    await begin();
    await authentications.revokeUser('user-anna');
    expect((await say({ typed: { phoneNumber: '+46 70' } })).login.ending).toMatchObject({ code: 'login.signedOut' });
    expect(world.goneOn).toEqual([]);
  });
});
