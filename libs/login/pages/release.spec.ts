import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SqliteState } from '@foyer/platform';
import { schema } from '../../../ormconfig.js';
import type { ReleaseRequest } from '../contract.js';
import { startLoginApp, type LoginApp } from '../login-app.conformance.js';
import { application, Browser, LoginWorld } from '../login-world.conformance.js';

const folder = mkdtempSync(join(tmpdir(), 'foyer-release-pages-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ways = { identityProviders: ['acme'], local: false };
const claims = ['displayName', 'email', 'emailVerified', 'roles', 'shoeSize', 'locale', 'offline_access'];

let world: LoginWorld;
let app: LoginApp;
let browser: Browser;
let files = 0;

beforeEach(async () => {
  const file = join(folder, `${(files += 1)}.db`);
  world = new LoginWorld((clock) => SqliteState.open(file, clock));
  world.apps = [application(ways, { consent: 'ask', displayName: 'Pay & <Roll>' })];
  world.account = {
    ...{ userId: 'user-anna', username: 'anna', enabled: true, groups: [], roles: ['developer', 'reviewer'] },
    attributes: { displayName: 'Anna <A>', email: 'anna@acme.example', shoeSize: '38' },
  };
  browser = new Browser();
  const sessions = { current: async () => undefined, listOf: async () => [], end: async () => undefined, startAccountLogin: () => '/' };
  app = await startLoginApp(world, { folder, schema, sessions, scopes: ['logins:read'] });
});
afterEach(() => app.close());

const get = (path: string) => fetch(app.address + path, { headers: { cookie: browser.cookies }, redirect: 'manual' });
const post = (path: string, form: Record<string, string>) =>
  fetch(app.address + path, { method: 'POST', body: new URLSearchParams(form), headers: { cookie: browser.cookies }, redirect: 'manual' });

/** Goes through the identity provider, up to the question. */
async function comeBack(release: ReleaseRequest = { claims, askAgain: false }): Promise<string> {
  const hop = await app.flow.begin(world.request({ release }));
  browser.keep(hop.cookies);
  const back = await get(`/federation/oidc/callback/acme?state=${world.stateOf(hop.redirectTo)}&code=c`);
  expect(back.status).toBe(303);
  return back.headers.get('location') ?? '';
}

const fieldsOf = (html: string): Record<string, string> =>
  Object.fromEntries([...html.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]));
const listOf = (html: string): string[][] =>
  [...html.matchAll(/<li>\s*<div>\s*<span class="detail">([^<]*)<\/span>(?:\s*<bdi>([^<]*)<\/bdi>)?/g)].map(([, ...parts]) =>
    parts.map((part: string | undefined) => part?.trim() ?? ''),
  );

describe('the page that asks for consent', () => {
  test('names what is told, with the values of now, and what will be as soon as it is known', async () => {
    const page = await comeBack();
    expect(page).toMatch(/^\/login\/[0-9a-f-]{36}$/);
    const response = await get(page);
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const html = await response.text();
    expect(html).toContain('What Pay &amp; &lt;Roll&gt; learns about you');
    expect(listOf(html)).toEqual([
      ['Full name', 'Anna &lt;A&gt;'],
      ['E-mail address', 'anna@acme.example'],
      ['E-mail address verified', 'No'],
      ['Roles', 'developer and reviewer'],
      ['shoeSize', '38'],
      ['It may ask for them while you are away, too', ''],
    ]);
    expect([...html.matchAll(/<li class="tag">([^<]*)/g)].map(([, label]) => label)).toEqual(['Language and region']);
    expect(html).not.toMatch(/<script|style=/);
  });

  test('leads to the application by its first button, and to the way back by its second', async () => {
    const page = await comeBack();
    const fields = fieldsOf(await (await get(page)).text());
    const agreed = await post(`${page}/release`, { ...fields, decision: 'agree' });
    expect([agreed.status, agreed.headers.get('location')]).toEqual([303, 'https://app.example/answered/corr-1']);
    world.agreed.clear();
    const other = await comeBack();
    const refused = await post(`${other}/release`, { ...fieldsOf(await (await get(other)).text()), decision: 'refuse' });
    const html = await refused.text();
    expect([refused.status, /<code>(consent[^<]*)/.exec(html)?.[1]]).toEqual([403, 'consent.application.refused']);
    expect(html).toContain('You did not agree');
    const back = await post(`${other}/return`, { csrf: fieldsOf(html)['csrf'] ?? '' });
    expect(back.headers.get('location')).toBe('https://app.example/failed/corr-1');
  });

  test('a form that says nothing agrees to nothing', async () => {
    const page = await comeBack();
    const { csrf = '' } = fieldsOf(await (await get(page)).text());
    expect((await post(`${page}/release`, { csrf, decision: 'agree' })).status).toBe(409);
    expect((await post(`${page}/release`, { csrf })).status).toBe(403);
    expect([...world.agreed]).toEqual([]);
  });
});

test('an administrator finds a login whose person never answered', async () => {
  const id = (await comeBack()).split('/').at(-1) ?? '';
  world.clock.time += 1_800_000;
  await app.sweeper.sweepOnce();
  const login: unknown = await (await get(`/api/v1/logins/${id}`)).json();
  expect(login).toMatchObject({ outcome: 'expired', step: 'release', userId: 'user-anna', identityProvider: 'acme' });
});

describe('the page that asks for what is missing', () => {
  const required = ['phoneNumber', 'birthdate', 'shoeSize', 'costCentre'];

  beforeEach(() => {
    world.apps = [application(ways, { claims: { requested: required, mandatory: required, idToken: [] } })];
  });

  test('has a field for each, with its kind, and says beside it what is wrong', async () => {
    const page = await comeBack({ claims: required, askAgain: false });
    const html = await (await get(page)).text();
    expect(html).toContain('The Intranet needs to know more');
    expect(html).toMatch(
      /<label for="attribute\.phoneNumber">Phone number<\/label>\s*<input id="attribute\.phoneNumber" [^>]*type="tel"[^>]*autocomplete="tel"/,
    );
    expect(html).toMatch(/<input id="attribute\.birthdate" [^>]*type="date"[^>]*autocomplete="bday"/);
    expect(html).toContain('<label for="attribute.costCentre">costCentre</label>');
    expect(html).not.toContain('attribute.shoeSize');
    expect(html).toMatch(/<input type="checkbox" name="keep" value="yes">/);
    const typed = { 'attribute.phoneNumber': 'never', 'attribute.birthdate': '2001-02-30', 'attribute.costCentre': ' C1 ', keep: 'yes' };
    const again = await post(`${page}/release`, { ...fieldsOf(html), ...typed, decision: 'agree' });
    expect(again.status).toBe(400);
    const shown = await again.text();
    expect(shown).toMatch(/value="never" aria-invalid="true" aria-describedby="attribute\.phoneNumber-error"/);
    expect(shown).toContain('<p id="attribute.phoneNumber-error" class="hint error">This is not a phone number.</p>');
    expect(shown).toContain('This is not a date.');
    expect(shown).toMatch(/role="alert">[^]*href="#attribute\.phoneNumber"[^]*href="#attribute\.birthdate"/);
    expect(shown).toContain('name="keep" value="yes" checked');
    const fine = { ...typed, 'attribute.phoneNumber': '+46 70', 'attribute.birthdate': '2001-02-28' };
    expect((await post(`${page}/release`, { ...fieldsOf(shown), ...fine, decision: 'agree' })).status).toBe(303);
    expect(world.kept).toMatchObject([{ attributes: { phoneNumber: '+46 70', birthdate: '2001-02-28', costCentre: 'C1' } }]);
  });

  test('takes as many fields as an application may ask for', async () => {
    const many = Array.from({ length: 100 }, (_, index) => `field${index}`);
    world.apps = [application(ways, { claims: { requested: many, mandatory: many, idToken: [] } })];
    const page = await comeBack({ claims: many, askAgain: false });
    const fields = fieldsOf(await (await get(page)).text());
    const typed = Object.fromEntries(many.map((name) => [`attribute.${name}`, name]));
    expect((await post(`${page}/release`, { ...fields, ...typed, decision: 'agree' })).status).toBe(303);
    expect(Object.keys(world.answered[0]?.typed?.['id-of-intranet'] ?? {})).toHaveLength(100);
  });
});
