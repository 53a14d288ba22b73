import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { JustInTimeSite, person } from './just-in-time-site.js';

const domains = ['PRIMARY', 'CORP', 'ARCHIVE'];
const into = (userStore: unknown) => ({ jit: { enabled: true, userStore } });

let site: JustInTimeSite;

beforeAll(async () => {
  site = await JustInTimeSite.start({
    providers: {
      corp: into('CORP'),
      named: into({ fromUsername: true, domains }),
      strict: into({ fromUsername: true, domains, unknownDomain: 'deny' }),
      mapped: into({ fromClaim: 'department', map: { sales: 'CORP', guests: 'PARTNERS' }, otherwise: 'PRIMARY' }),
      departments: into({ fromClaim: 'department', domains }),
      partners: into('PARTNERS'),
    },
    settings: {
      userStores: [
        { domain: 'CORP', type: 'sql', policy: { usernamePattern: '^[a-z]{3,}$' } },
        { domain: 'PARTNERS', type: 'sql', passwordRequired: true, policy: { passwordPattern: '^[A-Za-z0-9._-]{12,64}$' } },
        { domain: 'ARCHIVE', type: 'sql' },
      ],
    },
  });
});
afterAll(() => site.close());

/** Logs somebody in for the first time. @returns where their account is, how it is called, and why */
async function account(provider: string, who: ReturnType<typeof person>) {
  const { userinfo } = await site.logIn(provider, who);
  const { username, userStore } = await site.user(userinfo['sub']);
  expect(userinfo['preferred_username']).toBe(username);
  const [{ reason } = {}] = await site.steps(provider, 'chooseStore');
  return { username, userStore, reason };
}

describe('always to one domain', () => {
  test('accounts go there, if its policy lets them', async () => {
    const reason = 'store.configured';
    expect(await account('corp', person('anna'))).toEqual({ username: 'anna', userStore: 'CORP', reason });
    expect(await site.denial('corp', person('X'))).toEqual({ status: 403, code: 'policy.username' });
  });
});

describe('as in the username', () => {
  const reason = 'store.fromUsername';

  test('the part before the "/" is the domain, in any case, and without one it is PRIMARY', async () => {
    expect(await account('named', person('CORP/bob'))).toEqual({ username: 'bob', userStore: 'CORP', reason });
    expect(await account('named', person('corp/carla'))).toEqual({ username: 'carla', userStore: 'CORP', reason });
    expect(await account('named', person('bob'))).toEqual({ username: 'bob', userStore: 'PRIMARY', reason });
  });

  test('a domain that does not exist is PRIMARY, with a warning in the journal', async () => {
    const expected = { username: 'dora', userStore: 'PRIMARY', reason: 'store.unknown.primary' };
    expect(await account('named', person('NOWHERE/dora'))).toEqual(expected);
    // The account stays where it is, and its name, whatever the claim says later.
    const { userinfo } = await site.logIn('named', { ...person('NOWHERE/dora'), claims: { preferred_username: 'CORP/dora-2' } });
    expect(userinfo['preferred_username']).toBe('dora');
    expect(await site.steps('named', 'reportUsername')).toMatchObject([{ username: 'dora', reason: 'username.changed.kept' }]);
  });

  test.each([
    ['that does not exist is denied where the settings say so', 'strict', 'NOWHERE/emil', 'store.unknown'],
    ['that is not listed is denied', 'named', 'PARTNERS/emil', 'store.unlisted'],
  ])('a domain %s', async (_how, provider, username, code) => {
    expect(await site.denial(provider, person(username))).toEqual({ status: 403, code });
  });
});

describe('from a claim', () => {
  test('its value is looked up, and whatever else it is goes elsewhere', async () => {
    const found = 'store.fromClaim';
    expect(await account('mapped', person('frida', { department: 'sales' }))).toMatchObject({ userStore: 'CORP', reason: found });
    const guest = await account('mapped', person('guest', { department: 'guests' }));
    expect(guest).toMatchObject({ userStore: 'PARTNERS', reason: found });
    const other = { userStore: 'PRIMARY', reason: 'store.otherwise' };
    expect(await account('mapped', person('gustav', { department: 'PARTNERS' }))).toMatchObject(other);
    expect(await account('mapped', person('hanna'))).toMatchObject(other);
  });

  test('without a map it is the domain itself, or nobody gets in', async () => {
    expect(await account('departments', person('ivar', { department: 'corp' }))).toMatchObject({ userStore: 'CORP' });
    expect(await site.denial('departments', person('karin', { department: 'PARTNERS' }))).toEqual({ status: 403, code: 'store.unlisted' });
    for (const department of ['nowhere', ['CORP'], undefined])
      expect(await site.denial('departments', person('karin', { department }))).toEqual({ status: 403, code: 'store.claim.unmapped' });
  });
});

test.each([
  ['is disabled', { enabled: false }, 'store.disabled'],
  ['takes no more accounts', { readOnly: true }, 'store.readOnly'],
])('a domain that %s later on lets nobody in for the first time, and says why', async (_what, change, code) => {
  const { status, body } = await site.api.patch('/user-stores/ARCHIVE', change);
  expect({ status, body }).toMatchObject({ status: 200, body: change });
  expect(await site.denial('named', person('ARCHIVE/mats'))).toEqual({ status: 403, code });
  await site.api.patch('/user-stores/ARCHIVE', { enabled: true, readOnly: false });
});

test('where every account has a password, one is made up that fits and that nobody is told', async () => {
  expect(await account('partners', person('lotta'))).toMatchObject({ userStore: 'PARTNERS' });
  const [step] = await site.steps('partners', 'setPassword');
  expect(step).toEqual({ type: 'setPassword', reason: 'password.generated' });
});
