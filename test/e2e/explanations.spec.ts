import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Browser, type BrowserPage } from '../../apps/demo/browserless/index.js';
import { codeOn, loginIdOn } from './parties.js';
import { PromptingSite, type Kind } from './prompting-site.js';

let town: PromptingSite;

beforeAll(async () => {
  town = await PromptingSite.start();
});
afterEach(() => void (town.idp.misbehaviour = {}));
afterAll(() => town.close());

async function logIn(kind: Kind, name: string): Promise<BrowserPage> {
  town.next(name);
  return new Browser().open((await town.request({ idp_hint: kind })).redirectTo);
}

/** What an administrator reads who got the id on the page. */
const explanationOf = async (page: BrowserPage): Promise<unknown> => (await town.login(loginIdOn(page)))['explanation'];

describe('an administrator reads by the id on the page', () => {
  test('which claim named an account that exists, and what to change', async () => {
    const page = await logIn('plain', 'lena');
    expect([page.status, codeOn(page)]).toEqual([403, 'username.taken']);
    expect(await explanationOf(page)).toEqual({
      step: 'provision',
      code: 'username.taken',
      message: 'The claim "preferred_username" names an account that the user store "PRIMARY" already has.',
      claim: 'preferred_username',
      advice: expect.stringContaining('jit.linking.existing'),
    });
  });

  test('which policy a username violates', async () => {
    const page = await logIn('plain', 'al');
    const about = { claim: 'preferred_username', policy: 'usernamePattern' };
    expect(await explanationOf(page)).toMatchObject({ step: 'provision', code: 'policy.username', ...about });
  });

  test('what a person refused', async () => {
    const asked = await logIn('consent', 'ben');
    const browser = new Browser();
    town.next('ben');
    const own = await browser.open((await town.request({ idp_hint: 'consent' })).redirectTo);
    const page = await browser.press(own, 'Do not agree');
    expect(await explanationOf(page)).toMatchObject({
      step: 'provision',
      code: 'consent.refused',
      message: expect.stringContaining('"profile"'),
    });
    expect(await town.login(loginIdOn(asked))).toMatchObject({ outcome: 'running', explanation: null });
  });

  test('what the identity provider did wrong', async () => {
    town.idp.misbehaviour = { signWith: 'foreign' };
    const page = await logIn('plain', 'carl');
    expect(await explanationOf(page)).toMatchObject({
      step: 'authenticate-externally',
      code: 'idp.token.signature',
      advice: expect.stringContaining('publishes the key'),
    });
  });
});

describe('an account that may not log in has a page of its own:', () => {
  test.each([
    ['locked', { locked: true }, 'Your account is locked'],
    ['expired', { expiresAt: '2020-01-01T00:00:00.000Z' }, 'Your account has expired'],
    ['disabled', { enabled: false }, 'Your account is disabled'],
  ])('one that is %s', async (state, change, heading) => {
    const name = `dora-${state}`;
    expect((await logIn('plain', name)).url).toContain(town.callback);
    const [user] = await town.users(name);
    await town.change(`/users/${String(user?.['id'])}`, change);
    const page = await logIn('plain', name);
    expect([page.status, codeOn(page), page.text]).toEqual([403, `account.${state}`, expect.stringContaining(heading)]);
    expect(await explanationOf(page)).toMatchObject({
      code: `account.${state}`,
      advice: expect.stringContaining('if the person is to log in'),
    });
    const userId = String(user?.['id']);
    expect(await town.login(loginIdOn(page))).toMatchObject({ userId, subject: null });
    const admin = await town.site.admin();
    const about = { loginId: loginIdOn(page), userId, username: name, userStore: 'PRIMARY', code: `account.${state}` };
    expect((await admin.get(`/journal?userId=${userId}`))['items']).toMatchObject([about, { outcome: 'create' }]);
    expect((await admin.get(`/logins?userId=${userId}`))['items']).toMatchObject([{ id: loginIdOn(page) }, { outcome: 'answered' }]);
  });
});
