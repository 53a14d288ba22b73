import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ConsentAnswer } from '@foyer/consent';
import { SqliteState } from '@foyer/platform';
import type { Ask, AskOwnership, AskPassword, AskUsername, ProvisionInput, ProvisionResult } from '@foyer/provisioning';
import { schema } from '../../../ormconfig.js';
import { startLoginApp, type LoginApp } from '../login-app.conformance.js';
import { application, Browser, identityProvider, LoginWorld } from '../login-world.conformance.js';

const folder = mkdtempSync(join(tmpdir(), 'foyer-prompt-pages-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const askUsername: AskUsername = { type: 'askUsername', suggestion: 'anna <a>', reason: 'jit.prompt' };
const askPassword: AskPassword = { type: 'askPassword', reason: 'jit.prompt' };
const askOwnership: AskOwnership = { type: 'askOwnership', userId: 'u-7', username: 'anna', userStore: 'CORP', reason: 'link.existing' };
const askWhich: AskOwnership = { type: 'askOwnership', userId: 'u-7', userStore: 'CORP', reason: 'link.existing' };
const askConsent = (...attributes: [string, 'mandatory' | 'optional', ticked?: boolean][]): Ask => ({
  type: 'askConsent',
  purposes: [
    {
      purpose: 'profile',
      version: 3,
      builtIn: false,
      attributes: attributes.map(([name, need, tickedBefore = false]) => ({ name, mandatory: need === 'mandatory', tickedBefore })),
      because: 'first',
    },
  ],
  reason: 'consent.missing',
});

let world: LoginWorld;
let app: LoginApp;
let browser: Browser;
let files = 0;
let asks: readonly Ask[];
let inputs: ProvisionInput[];
/** Where the browser is asked. */
let page: string;

const noSessions = {
  current: async () => undefined,
  listOf: async () => [],
  end: async () => undefined,
  startAccountLogin: () => '/',
};

beforeEach(async () => {
  const file = join(folder, `${(files += 1)}.db`);
  world = new LoginWorld((clock) => SqliteState.open(file, clock));
  world.providers = [identityProvider('acme', { displayName: 'Acme & <Sons>' })];
  world.apps = [application({ identityProviders: ['acme'], local: false })];
  world.claims = { login: 'anna', email: 'anna@acme.example' };
  world.purposes = [
    {
      ...{ id: 'p', name: 'profile', version: 3, builtIn: false, notice: '', attributes: [], everyIdentityProvider: false },
      ...{
        title: { en: 'Profile <b>', de: 'Profil auf Deutsch', sv: 'Profil' },
        text: { en: 'To know you.' },
        sharedWith: ['Pay Ltd', 'Trip Ltd'],
      },
    },
  ];
  asks = [askUsername];
  inputs = [];
  world.provisionWith = async (input): Promise<ProvisionResult> => {
    inputs.push(input);
    if (asks.length > 0) return { kind: 'prompt', asks };
    const mapped = { attributes: {}, roles: [], groups: [] };
    return { kind: 'account', subject: 'u-1', outcome: 'create', userStore: 'PRIMARY', username: 'anna', mapped };
  };
  app = await startLoginApp(world, { folder, schema, sessions: noSessions });
  browser = new Browser();
});
afterEach(() => app.close());

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(app.address + path, { headers: { cookie: browser.cookies, ...headers }, redirect: 'manual' });
const post = (path: string, form: readonly (readonly [string, string])[] | Record<string, string>) =>
  fetch(app.address + path, {
    ...{ method: 'POST', body: new URLSearchParams(form as Record<string, string>) },
    ...{ headers: { cookie: browser.cookies }, redirect: 'manual' },
  });

/** Comes back from the identity provider, and reads the page that asks. */
async function arrive(asked: readonly Ask[], headers?: Record<string, string>): Promise<string> {
  asks = asked;
  const hop = await app.flow.begin(world.request());
  browser.keep(hop.cookies);
  const back = await get(`/federation/oidc/callback/acme?state=${world.stateOf(hop.redirectTo)}&code=c`);
  page = back.headers.get('location') ?? '';
  return (await get(page, headers)).text();
}

const csrfIn = (html: string): string => /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? '';
/** The names of the page's fields that can be filled in. */
const fieldsIn = (html: string): string[] =>
  [...html.matchAll(/<input (?!type="hidden")[^>]*?name="([^"]+)"/g)].map(([, name]) => name ?? '');
const tag = (html: string, start: string): string => html.slice(html.indexOf(start)).split('>')[0] ?? '';

describe('the page that asks', () => {
  test('has an address of its own, with nothing of the person or the provider in it', async () => {
    const html = await arrive([askUsername]);
    expect(page).toMatch(/^\/login\/[0-9a-f-]{36}$/);
    expect(html).toContain('<h1>Set up your account</h1>');
    expect(html).toContain('Acme &amp; &lt;Sons&gt;');
    expect(html).toContain('Back to The Intranet');
    const again = await get(`${page}/prompt`);
    expect(await again.text()).toContain('<h1>Set up your account</h1>');
  });

  test.each<[string, Ask[], string[]]>([
    ['a username', [askUsername], ['username']],
    ['a password', [askPassword], ['newPassword', 'newPasswordRepeated']],
    ['both', [askUsername, askPassword], ['username', 'newPassword', 'newPasswordRepeated']],
    ['ownership', [askOwnership], ['currentPassword']],
    ['an account and its ownership', [askWhich], ['currentUsername', 'currentPassword']],
    ['consent', [askConsent(['email', 'optional'])], ['accepted.profile.email']],
    ['mandatory consent', [askConsent(['email', 'mandatory'])], []],
  ])('asks for %s and nothing else', async (_name, asked, fields) => {
    expect(fieldsIn(await arrive(asked))).toEqual(fields);
  });

  test('suggests a username, and tells password managers what each field is', async () => {
    const html = await arrive([askUsername, askPassword]);
    expect(tag(html, '<input id="username"')).toContain('autocomplete="username"');
    expect(tag(html, '<input id="username"')).toContain('value="anna &lt;a&gt;"');
    expect(html.match(/autocomplete="new-password" required/g)).toHaveLength(2);
    expect(tag(await arrive([askOwnership]), '<input id="currentPassword"')).toContain('autocomplete="current-password"');
  });

  test('shows what would be kept, ticks nothing that was not ticked before, and names what is required', async () => {
    const html = await arrive([askConsent(['email', 'mandatory'], ['shoeSize', 'optional'], ['locale', 'optional', true])]);
    expect(html).toMatch(/E-mail address <span class="tag">Required<\/span>[^]*?<bdi>anna@acme\.example<\/bdi>/);
    expect(html).toMatch(/name="accepted.profile.shoeSize" value="yes">[^]*?shoeSize<[^]*?Nothing at the moment/);
    expect(html).toContain('name="accepted.profile.locale" value="yes" checked>');
    expect(html).toContain('Profile &lt;b&gt;');
    expect(html).toContain('Also told to: Pay Ltd and Trip Ltd');
  });

  test('reads a purpose in the page’s language, and in English where that text is missing', async () => {
    const html = await arrive([askConsent(['email', 'mandatory'])], { 'accept-language': 'de' });
    expect(html).toContain('<bdi>Profil auf Deutsch</bdi>');
    expect(html).toContain('To know you.');
    expect(html).toContain('Pay Ltd und Trip Ltd');
    expect(html).toContain('name="language" value="de"');
    const untold = await arrive([askConsent(['email', 'mandatory'])], { 'accept-language': 'sv' });
    expect(untold).toContain('Profile &lt;b&gt;');
    expect(untold).toContain('name="language" value="en"');
  });

  test('says which account a person is to prove, and nothing else of it', async () => {
    const html = await arrive([askOwnership]);
    expect(html).toContain('Account in CORP');
    expect(tag(html, '<input id="account"')).toMatch(/value="anna" autocomplete="username" readonly/);
    expect(html).not.toContain('u-7');
  });

  test('tells nothing of an account that a person has to name, and keeps the name that they typed', async () => {
    const html = await arrive([askWhich]);
    expect(html).toContain('enter its username and its password once');
    expect(html).not.toMatch(/u-7|CORP|anna"/);
    expect(tag(html, '<input id="currentUsername"')).toMatch(/autocomplete="username".* value=""/);
    asks = [{ ...askWhich, problem: 'ownership.wrong' }];
    const form = { csrf: csrfIn(html), currentUsername: 'lena <b>', currentPassword: 'guess' };
    const again = await post(`${page}/prompt`, form);
    const text = await again.text();
    expect(again.status).toBe(403);
    expect(inputs.at(-1)?.answers).toEqual({ ownershipUsername: 'lena <b>', ownershipPassword: 'guess' });
    expect(tag(text, '<input id="currentUsername"')).toMatch(
      /value="lena &lt;b&gt;" aria-invalid="true" aria-describedby="ownership-error"/,
    );
    expect(tag(text, '<input id="currentPassword"')).not.toContain('value');
    expect(text).toContain('<a href="#currentUsername">These are not the username and the password of the account.');
  });
});

describe('an answer', () => {
  const send = async (form: readonly (readonly [string, string])[]): Promise<Response> => {
    const csrf = csrfIn(await (await get(page)).text());
    return post(`${page}/prompt`, [['csrf', csrf], ...form]);
  };

  test('that suffices leads to the application', async () => {
    await arrive([askUsername, askPassword]);
    asks = [];
    // A page of a login that needs no answer any more leads on by itself: the form is of the page that was open.
    const csrf = world.formToken(page.split('/').at(-1) ?? '', browser);
    const form = { csrf, language: 'sv', username: 'anna2', newPassword: 'p1', newPasswordRepeated: 'p2' };
    const answered = await post(`${page}/prompt`, form);
    expect([answered.status, answered.headers.get('location')]).toEqual([303, 'https://app.example/answered/corr-1']);
    expect(inputs.at(-1)).toMatchObject({
      answers: { username: 'anna2', password: 'p1', passwordRepeated: 'p2' },
      ...{ language: 'sv', address: '127.0.0.1' },
    });
  });

  test('keeps what was typed and ticked when it is asked again, and no password', async () => {
    const consent = askConsent(['givenName', 'mandatory'], ['email', 'optional'], ['locale', 'optional']);
    await arrive([consent, askUsername, askPassword]);
    asks = [
      consent,
      { ...askUsername, suggestion: 'bob', problem: 'username.taken' },
      { ...askPassword, problem: 'policy.password', message: 'Longer.' },
    ];
    const response = await send([
      ['username', 'bob'],
      ['newPassword', 'hunter2'],
      ['newPasswordRepeated', 'hunter2'],
      ['offered.profile', '3 givenName email locale'],
      ['accepted.profile.givenName', 'yes'],
      ['accepted.profile.locale', 'yes'],
    ]);
    const html = await response.text();
    expect(response.status).toBe(400);
    expect(html).toContain('name="accepted.profile.locale" value="yes" checked>');
    expect(html).toContain('name="accepted.profile.email" value="yes">');
    expect(html).not.toContain('hunter2');
    expect(tag(html, '<input id="username"')).toMatch(/value="bob" aria-invalid="true" aria-describedby="username-error"/);
    expect(html).toContain('<p id="username-error" class="hint error">This username is taken. Choose another one.</p>');
    expect(html).toContain('<li><a href="#username">This username is taken.');
    expect(tag(html, '<input id="newPassword"')).toContain('aria-invalid="true" aria-describedby="password-hint"');
    expect(html).toContain('<span lang="en" dir="ltr">Longer.</span>');
    expect(html).toMatch(/<title>Please check/);
    expect(JSON.stringify([app.lines, await world.state.get('login', page.split('/').at(-1) ?? '')])).not.toContain('hunter2');
  });

  test.each<[string, Ask, number, string | null]>([
    ['mismatch', { ...askPassword, problem: 'password.mismatch' }, 400, null],
    ['wrong proof', { ...askOwnership, problem: 'ownership.wrong' }, 403, null],
    ['too many proofs', { ...askOwnership, problem: 'ownership.tooMany', retryAfter: 240 }, 429, '240'],
    ['store down', { ...askOwnership, problem: 'store.unavailable' }, 503, null],
  ])('with a fault (%s) has its status, and the summary leads to the field', async (_name, ask, status, retryAfter) => {
    await arrive([ask.type === 'askOwnership' ? askOwnership : askPassword]);
    asks = [ask];
    const response = await send([]);
    expect([response.status, response.headers.get('retry-after')]).toEqual([status, retryAfter]);
    const html = await response.text();
    const field = /<li><a href="#([^"]+)"/.exec(html)?.[1] ?? '';
    expect(tag(html, `<input id="${field}"`)).toContain('aria-invalid="true"');
  });

  test('is read field by field: names of claims and of anything else are nothing', async () => {
    await arrive([askUsername]);
    await send([
      ['username', 'bob'],
      ...['email', 'sub', 'roles', 'attributes.email', 'identity', 'subject', 'userId', '__proto__', 'constructor'].map(
        (name) => [name, 'evil@acme.example'] as const,
      ),
    ]);
    const { answers, identity } = inputs.at(-1) ?? {};
    expect(answers).toEqual({ username: 'bob' });
    expect(identity?.claims).toEqual({ login: 'anna', email: 'anna@acme.example' });
    expect(JSON.stringify(inputs)).not.toContain('evil');
  });

  test.each<[string, string, Partial<ConsentAnswer>]>([
    ['agree', 'agree', { accepted: ['givenName', 'email'] }],
    ['refuse', 'refuse', { accepted: [] }],
  ])('%s to purposes: what was offered and what of it was taken', async (_name, decision, expected) => {
    await arrive([askConsent(['givenName', 'mandatory'], ['email', 'optional'])]);
    await send([
      ['decision', decision],
      ['offered.profile', '3 givenName email'],
      ['accepted.profile.givenName', 'yes'],
      ['accepted.profile.email', 'yes'],
      ['accepted.profile.salary', 'yes'],
    ]);
    expect(inputs.at(-1)?.answers?.consent).toEqual([
      { purpose: 'profile', version: 3, offered: ['givenName', 'email'], accepted: [], ...expected },
    ]);
  });

  test.each<[string, readonly (readonly [string, string])[]]>([
    [
      'two usernames',
      [
        ['username', 'a'],
        ['username', 'b'],
      ],
    ],
    ['a username without end', [['username', 'x'.repeat(20_000)]]],
    [
      'an offer twice',
      [
        ['offered.profile', '1 a'],
        ['offered.profile', '1 b'],
      ],
    ],
  ])('with %s is refused', async (_name, form) => {
    await arrive([askUsername]);
    const before = inputs.length;
    const response = await send(form);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('login.badRequest');
    // The page was opened for its token, and nothing more.
    expect(inputs).toHaveLength(before + 1);
  });

  test('that declares itself to be in no language was given in English', async () => {
    await arrive([askUsername]);
    await send([
      ['username', 'a'],
      ['language', 'x'.repeat(40)],
    ]);
    expect(inputs.at(-1)?.language).toBe('en');
  });
});

test('the person goes back to the application instead', async () => {
  const html = await arrive([askUsername]);
  const back = await post(`${page}/return`, { csrf: csrfIn(html) });
  expect(back.headers.get('location')).toBe('https://app.example/failed/corr-1');
  expect(world.failed).toMatchObject([{ error: 'access_denied' }]);
});

test('the page of another browser is refused, as page and as form', async () => {
  const csrf = csrfIn(await arrive([askUsername]));
  const before = inputs.length;
  browser = new Browser();
  for (const refused of [await get(page), await post(`${page}/prompt`, { csrf, username: 'mallory' })]) {
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('login.otherBrowser');
  }
  expect(inputs).toHaveLength(before);
});
