import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { FoyerError, SqliteState } from '@foyer/platform';
import { finished } from './log/login-log.js';
import type { LoginFlow } from './login-flow.js';
import { application, Browser, identityProvider, LoginWorld } from './login-world.conformance.js';

const folder = mkdtempSync(join(tmpdir(), 'foyer-login-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let world: LoginWorld;
let flow: LoginFlow;
let files = 0;

beforeEach(() => {
  const file = join(folder, `${(files += 1)}.db`);
  world = new LoginWorld((clock) => SqliteState.open(file, clock));
  flow = world.start();
});

const code = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'went on',
    (error: unknown) => (error instanceof FoyerError ? error.code : `${String(error)}`),
  );

/** Begins a login at the only provider and returns the state that its answer will carry. */
async function depart(browser: Browser, request = {}): Promise<string> {
  const hop = await flow.begin(world.request(request));
  browser.keep(hop.cookies);
  return world.stateOf(hop.redirectTo);
}

const answer = (browser: Browser, state: string, provider = 'acme') => flow.answer(provider, { state, code: 'c' }, browser.cookies);

describe('one login', () => {
  test('goes to the only provider without a page, and after its answer to the application', async () => {
    const browser = new Browser();
    const state = await depart(browser);
    const outcome = await answer(browser, state);
    expect(outcome.turn).toEqual({ kind: 'redirect', to: 'https://app.example/answered/corr-1' });
    expect(world.answered).toMatchObject([
      { subject: 'user-anna', account: true, identityProvider: { name: 'acme' }, externalSubject: 'anna' },
    ]);
    expect(world.recorded).toMatchObject([{ ending: { outcome: 'answered' } }]);
    browser.keep(outcome.cookies);
    expect(browser.cookies).toBe('');
  });

  test('is not kept with anything about the person once it has ended', async () => {
    const browser = new Browser();
    const state = await depart(browser);
    const { login } = await answer(browser, state);
    const stored = await world.state.get('login', login.id);
    expect(JSON.stringify(stored)).not.toContain('anna');
  });

  test('survives a restart between any two steps', async () => {
    const browser = new Browser();
    const state = await depart(browser);
    flow = world.restart();
    world.crashIn('provision');
    await expect(answer(browser, state)).rejects.toThrow('crash');
    flow = world.restart();
    expect(await code(answer(browser, state))).toBe('login.repeated');
    world.clock.time += 30_000;
    world.crashIn('answer');
    await expect(answer(browser, state)).rejects.toThrow('crash');
    flow = world.restart();
    world.clock.time += 30_000;
    expect((await answer(browser, state)).turn).toMatchObject({ kind: 'redirect' });
    expect(world.completed).toBe(1);
    expect(world.answered).toHaveLength(1);
  });

  test('that expired is recognised, and the way back to the application is known from the log', async () => {
    const browser = new Browser();
    const state = await depart(browser);
    world.clock.time += 1_800_000;
    expect(await code(answer(browser, state))).toBe('login.expired');
    world.past.set(state.split('.')[0] ?? '', { application: 'intranet', outcome: 'expired' });
    await expect(answer(browser, state)).rejects.toMatchObject({ code: 'login.expired', about: { application: 'intranet' } });
  });
});

describe('binding', () => {
  test('20 parallel answers with one state take effect once', async () => {
    const browser = new Browser();
    const state = await depart(browser);
    const codes = await Promise.all(Array.from({ length: 20 }, () => code(answer(browser, state))));
    expect(codes.filter((each) => each === 'went on')).toHaveLength(1);
    expect(codes.filter((each) => each === 'login.repeated')).toHaveLength(19);
    expect([world.completed, world.provisioned, world.answered.length, world.recorded.length]).toEqual([1, 1, 1, 1]);
  });

  test.each([
    ['no cookie', () => ''],
    ['a tampered cookie', (cookies: string) => `${cookies.slice(0, -1)}${cookies.endsWith('A') ? 'B' : 'A'}`],
  ])('an answer with %s is refused, and the genuine login goes on', async (_name, tamper) => {
    const browser = new Browser();
    const state = await depart(browser);
    expect(await code(flow.answer('acme', { state, code: 'c' }, tamper(browser.cookies)))).toBe('login.otherBrowser');
    expect(world.completed).toBe(0);
    expect((await answer(browser, state)).turn.kind).toBe('redirect');
  });

  test('the state of one tab does not fit the login of another', async () => {
    const browser = new Browser();
    const [first, second] = [await depart(browser), await depart(browser)];
    const mixed = `${first.split('.')[0]}.${second.split('.')[1]}`;
    expect(await code(answer(browser, mixed))).toBe('login.stale');
    expect((await answer(browser, second)).turn.kind).toBe('redirect');
    expect((await answer(browser, first)).turn.kind).toBe('redirect');
  });

  test('an answer at the address of another provider is refused', async () => {
    const browser = new Browser();
    const state = await depart(browser);
    expect(await code(answer(browser, state, 'other'))).toBe('login.otherProvider');
    expect((await answer(browser, state)).turn.kind).toBe('redirect');
  });

  test.each(['', 'x', '..', '018f0000-0000-7000-8000-000000000000.x'])('an unknown state %p is an expired login', async (state) => {
    expect(await code(answer(new Browser(), state))).toBe('login.expired');
  });

  test('the cookie on https has the prefix that binds it to the host', async () => {
    world.settings = { ...world.settings, publicUrl: 'https://foyer.example' };
    const hop = await world.start().begin(world.request());
    expect(hop.cookies[0]?.name).toMatch(/^__Host-foyer_login_[0-9a-f]{12}$/);
    expect(hop.cookies[0]).toMatchObject({ path: '/', maxAge: 1800 });
  });
});

describe('choosing', () => {
  const two = [
    identityProvider('acme', { homeRealms: ['acme.example'] }),
    identityProvider('beta', { homeRealms: ['beta.example', 'b.example'] }),
  ];
  const begin = async (request = {}): Promise<string> => (await flow.begin(world.request(request))).redirectTo;

  beforeEach(() => {
    world.providers = [...two, identityProvider('secret', { homeRealms: ['secret.example'] })];
    world.apps = [application({ identityProviders: ['acme', 'beta'], local: false })];
  });

  test('several providers: the page is shown', async () => expect(await begin()).toMatch(/\/login\/[0-9a-f-]{36}$/));

  test.each([
    ['idp_hint by name', { identityProviderHint: 'beta' }, 'beta'],
    ['idp_hint by realm', { identityProviderHint: 'B.example' }, 'beta'],
    ['login_hint with a known realm', { forward: { loginHint: 'anna@ACME.example' } }, 'acme'],
  ])('%s leads straight to the provider', async (_name, request, provider) => {
    expect(await begin(request)).toContain(`https://${provider}.idp/authorize`);
  });

  test.each([
    ['of a provider that the application does not allow', { identityProviderHint: 'secret' }],
    ['of its realm', { identityProviderHint: 'secret.example' }],
    ['with an e-mail address of it', { forward: { loginHint: 'a@secret.example' } }],
    ['that nobody knows', { identityProviderHint: 'nobody' }],
  ])('a hint %s is ignored', async (_name, request) => expect(await begin(request)).toMatch(/\/login\//));

  test('a disabled provider is not offered, and without any the login fails with its page', async () => {
    world.providers = two.map((each) => ({ ...each, enabled: each.name === 'beta' }));
    expect(await begin()).toContain('https://beta.idp/');
    world.providers = two.map((each) => ({ ...each, enabled: false }));
    expect(await begin()).toMatch(/\/error$/);
    expect(world.recorded).toMatchObject([{ ending: { outcome: 'denied', code: 'login.noProvider' } }]);
  });

  test('a provider that was disabled, or made anew under its name, while the person was there does not let them in', async () => {
    for (const change of [{ enabled: false }, { id: 'another' }]) {
      world.providers = two;
      const browser = new Browser();
      const state = await depart(browser, { identityProviderHint: 'acme' });
      world.providers = two.map((each) => ({ ...each, ...change }));
      const { login } = await answer(browser, state);
      expect(login.ending).toMatchObject({ outcome: 'denied', code: 'login.providerGone' });
    }
    expect(world.completed).toBe(0);
  });

  test('a provider that the application stopped allowing does not let anybody in', async () => {
    const browser = new Browser();
    const state = await depart(browser, { identityProviderHint: 'acme' });
    world.apps = [application({ identityProviders: ['beta'], local: false })];
    expect((await answer(browser, state)).login.ending).toMatchObject({ code: 'login.providerGone' });
  });

  describe('on the page', () => {
    let browser: Browser;
    let id: string;
    const submit = (input: Parameters<LoginFlow['submit']>[3], token = world.formToken(id, browser)) =>
      flow.submit(id, browser.cookies, token, input);

    beforeEach(async () => {
      browser = new Browser();
      const hop = await flow.begin(world.request());
      browser.keep(hop.cookies);
      id = hop.redirectTo.split('/').at(-1) ?? '';
    });

    test('the chosen provider is where the browser goes', async () => {
      expect((await submit({ kind: 'provider', name: 'beta' })).turn).toMatchObject({ to: expect.stringContaining('https://beta.idp/') });
    });

    test('the back button leads to the page again, and the new choice makes the old answer stale', async () => {
      const old = world.stateOf(redirect(await submit({ kind: 'provider', name: 'beta' })));
      expect((await flow.open(id, browser.cookies)).turn.kind).toBe('signIn');
      const now = world.stateOf(redirect(await submit({ kind: 'provider', name: 'acme' })));
      expect(await code(answer(browser, old, 'beta'))).toBe('login.stale');
      expect((await answer(browser, now)).turn.kind).toBe('redirect');
    });

    test('an e-mail address leads to the provider of its domain', async () => {
      expect((await submit({ kind: 'email', email: 'x@b.example' })).turn).toMatchObject({
        to: expect.stringContaining('https://beta.idp/'),
      });
      expect((await submit({ kind: 'email', email: 'x@secret.example' })).turn).toMatchObject({
        mistake: { message: 'signIn.error.realm' },
      });
      expect((await submit({ kind: 'email', email: 'nothing' })).turn).toMatchObject({ mistake: { status: 400 } });
    });

    test('a provider that is not offered, and a password where there is no local login, show the page again', async () => {
      expect((await submit({ kind: 'provider', name: 'secret' })).turn).toEqual({ kind: 'signIn' });
      expect((await submit({ kind: 'password', username: 'anna', password: 'right', address: '::1' })).turn).toEqual({ kind: 'signIn' });
      expect(world.verified).toBe(0);
    });

    test('a form without the token of this browser is refused, and so is one of another login', async () => {
      expect(await code(submit({ kind: 'provider', name: 'beta' }, ''))).toBe('login.csrf');
      const other = await flow.begin(world.request());
      browser.keep(other.cookies);
      const otherToken = world.formToken(other.redirectTo.split('/').at(-1) ?? '', browser);
      expect(await code(submit({ kind: 'provider', name: 'beta' }, otherToken))).toBe('login.csrf');
      expect(await code(flow.submit(id, '', world.formToken(id, browser), { kind: 'provider', name: 'beta' }))).toBe('login.otherBrowser');
    });

    test('going back to the application gives the login up', async () => {
      expect(redirect(await flow.goBack(id, browser.cookies, world.formToken(id, browser)))).toBe('https://app.example/failed/corr-1');
      expect(world.failed).toMatchObject([{ error: 'access_denied', loginId: id }]);
      expect(world.recorded).toMatchObject([{ ending: { code: 'login.cancelled' } }]);
    });
  });
});

const redirect = ({ turn }: { turn: { kind: string; to?: string } }): string => turn.to ?? turn.kind;

describe('a failure', () => {
  test.each([
    [new FoyerError('upstreamWrong', 'idp.token.signature', 'm'), 'failed', 'server_error'],
    [new FoyerError('upstreamSilent', 'idp.timeout', 'm'), 'failed', 'temporarily_unavailable'],
    [new FoyerError('forbidden', 'idp.denied', 'm'), 'denied', 'access_denied'],
    [new Error('bug'), 'failed', 'server_error'],
  ])('of the provider %p is kept and told to the application when the person goes back', async (thrown, outcome, error) => {
    const browser = new Browser();
    const state = await depart(browser);
    world.completeWith = () => Promise.reject(thrown);
    const failed = await answer(browser, state);
    expect(failed.turn.kind).toBe('problem');
    expect(failed.login.ending).toMatchObject({ outcome, step: 'authenticate-externally' });
    expect(world.answered).toEqual([]);
    expect(await code(answer(browser, state))).toBe('login.repeated');
    const { id } = failed.login;
    expect((await flow.open(id, browser.cookies)).turn.kind).toBe('problem');
    expect(redirect(await flow.goBack(id, browser.cookies, world.formToken(id, browser)))).toBe('https://app.example/failed/corr-1');
    expect(world.failed).toMatchObject([{ error }]);
    expect(world.recorded).toHaveLength(1);
  });

  test('to begin leads to the page of the login, which leads back', async () => {
    world.beginWith = () => Promise.reject(new FoyerError('upstreamSilent', 'idp.unreachable', 'm'));
    const hop = await flow.begin(world.request());
    expect(hop.redirectTo).toMatch(/^http:\/\/localhost\/login\/[0-9a-f-]{36}\/error$/);
    const browser = new Browser();
    browser.keep(hop.cookies);
    expect((await flow.open(hop.redirectTo.split('/').at(-2) ?? '', browser.cookies)).login.ending).toMatchObject({
      code: 'idp.unreachable',
      kind: 'upstreamSilent',
    });
  });

  test('a denied plan ends the login with its code', async () => {
    world.provisionWith = async () => ({ kind: 'denied', code: 'username.taken', reason: 'anna exists in PRIMARY' });
    const browser = new Browser();
    const { login } = await answer(browser, await depart(browser));
    expect(login.ending).toMatchObject({ outcome: 'denied', code: 'username.taken', step: 'provision' });
  });

  test('a denied login of a known account is told of under its id, and under no subject', async () => {
    world.provisionWith = async () => ({ kind: 'denied', code: 'account.locked', reason: 'locked', userId: 'user-anna' });
    const browser = new Browser();
    const { login } = await answer(browser, await depart(browser));
    expect(login.ending).toMatchObject({ outcome: 'denied', code: 'account.locked', userId: 'user-anna' });
    expect(finished(login, undefined)).toMatchObject({ userId: 'user-anna', subject: null });
  });

  test('a failed login does not let anybody go on by opening its page', async () => {
    world.provisionWith = async () => ({ kind: 'denied', code: 'x', reason: 'y' });
    const browser = new Browser();
    const { login } = await answer(browser, await depart(browser));
    delete world.provisionWith;
    await flow.open(login.id, browser.cookies);
    expect(world.answered).toEqual([]);
  });
});

describe('a new authentication that the application asked for', () => {
  const now = 1_700_000_000;
  test.each([
    ['absent', undefined, false],
    ['older', now - 31, false],
    ['older within the clock skew', now - 30, true],
    ['newer', now + 5, true],
  ])('auth_time %s', async (_name, authTime, proven) => {
    const browser = new Browser();
    const state = await depart(browser, { authenticatedSince: now });
    world.evidence = { authTime };
    const { login } = await answer(browser, state);
    if (proven) expect(world.answered).toMatchObject([{ authTimeProven: true }]);
    else expect(login.ending).toMatchObject({ outcome: 'denied', code: 'login.reauthentication.unproven' });
  });

  test('without a demand an absent auth_time is the time of the answer, and not proven', async () => {
    const browser = new Browser();
    await answer(browser, await depart(browser));
    expect(world.answered).toMatchObject([{ authTime: now, authTimeProven: false }]);
  });
});

describe('local login', () => {
  let browser: Browser;
  let id: string;
  const type = (username: string, password: string, address = '192.0.2.1') =>
    flow.submit(id, browser.cookies, world.formToken(id, browser), { kind: 'password', username, password, address });

  beforeEach(async () => {
    world.apps = [application({ identityProviders: ['acme'], local: true })];
    browser = new Browser();
    const hop = await flow.begin(world.request());
    browser.keep(hop.cookies);
    id = hop.redirectTo.split('/').at(-1) ?? '';
  });

  test('the right password logs in, and proves its own time', async () => {
    expect((await type('anna', 'right')).turn).toMatchObject({ to: 'https://app.example/answered/corr-1' });
    expect(world.answered).toMatchObject([{ subject: 'id-anna', account: true, authTimeProven: true, amr: ['pwd'] }]);
  });

  test('a domain before the name chooses the store', async () => {
    await type('corp/anna', 'right');
    expect(world.answered).toMatchObject([{ subject: 'id-corp-anna' }]);
  });

  test('a form that is sent twice takes effect once, and both lead to the application', async () => {
    const both = await Promise.all([type('anna', 'right'), type('anna', 'right')]);
    expect(both.map(redirect)).toEqual(Array(2).fill('https://app.example/answered/corr-1'));
    expect(world.answered).toHaveLength(1);
  });

  test.each([
    ['anna', 'wrong'],
    ['nobody', 'right'],
    ['disabled', 'right'],
    ['NOWHERE/anna', 'right'],
    ['a/b/c', 'right'],
    ['', ''],
  ])('%s with %s is told nothing but that it does not match, and costs a hash', async (username, password) => {
    expect((await type(username, password)).turn).toMatchObject({ mistake: { message: 'signIn.error.credentials', status: 403 } });
    expect(world.verified).toBe(1);
    expect(world.answered).toEqual([]);
  });

  test.each(['anna', 'nobody'])(
    'after 10 failures the account %s has to wait, however it is written and even with the right password',
    async (username) => {
      for (let index = 0; index < 10; index += 1) await type(username.toUpperCase(), 'wrong', `192.0.2.${index}`);
      expect((await type(`primary/${username}`, 'right')).turn).toMatchObject({ mistake: { status: 429, retryAfter: 300 } });
      expect(world.verified).toBe(10);
      world.clock.time += 300_000;
      expect((await type(username, 'wrong')).turn).toMatchObject({ mistake: { status: 403 } });
    },
  );

  test('guesses that are sent all at once do not get around the limit', async () => {
    const guesses = [...Array.from({ length: 40 }, () => type('anna', 'wrong')), type('anna', 'right')];
    await Promise.all(guesses);
    expect(world.answered).toEqual([]);
  });

  test('after 100 failures the address has to wait, whatever the account', async () => {
    for (let index = 0; index < 100; index += 1) await type(`user${index}`, 'wrong');
    expect((await type('anna', 'right')).turn).toMatchObject({ mistake: { status: 429 } });
    expect((await type('anna', 'right', '192.0.2.2')).turn).toMatchObject({ to: expect.any(String) });
  });

  test('a store that is down is said to be so, and the person may try again', async () => {
    world.storeDown = true;
    expect((await type('anna', 'right')).turn).toMatchObject({ mistake: { status: 503 } });
    world.storeDown = false;
    expect((await type('anna', 'right')).turn.kind).toBe('redirect');
  });

  test('the password is nowhere in the state', async () => {
    await type('anna', 'hunter2-wrong');
    expect(JSON.stringify(await world.state.get('login', id))).not.toContain('hunter2');
  });
});
