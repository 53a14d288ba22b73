import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { testDatabase } from '../support/mariadb.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { JustInTimeSite, person } from './just-in-time-site.js';
import { newBrowser } from './parties.js';
import { until } from './site.js';

const mappings = [
  { from: 'given_name', to: 'givenName' },
  { from: 'email', to: 'email' },
];
const nonBlocking = (jit: object = {}) => ({
  claims: { userId: 'preferred_username', roles: 'groups', mappings },
  roles: { mappings: [{ remote: 'eng', local: 'developer' }] },
  jit: { enabled: true, mode: 'nonBlocking', userStore: 'CORP', ...jit },
});
const anna = { given_name: 'Anna', email: 'anna@acme.example', groups: ['eng'] };

let site: JustInTimeSite;
let store: TcpProxy;

beforeAll(async () => {
  const { url } = await testDatabase();
  store = await TcpProxy.start({ host: '127.0.0.1', port: Number(new URL(url).port) });
  site = await JustInTimeSite.start({
    providers: { deferring: nonBlocking(), primary: nonBlocking({ userStore: 'PRIMARY' }) },
    settings: { userStores: [{ domain: 'CORP', type: 'sql', sql: { url: store.inFrontOf(url), timeoutMs: 5_000 } }] },
  });
});
afterAll(async () => {
  await site.close();
  await store.close();
});

/** The user, once a job has made the account: until then nobody is linked to it. */
const account = (id: unknown) =>
  until('the account is there', async () => {
    const { status, body } = await site.api.request('GET', `/users/${String(id)}`);
    return status === 200 && Array.isArray(body['links']) && body['links'].length > 0 && body;
  });

test.each(['deferring', 'primary'])('a first login goes on at once, and the account follows: %s', async (provider) => {
  const { userinfo } = await site.logIn(provider, person(`anna-${provider}`, anna));
  expect(userinfo).toMatchObject({ preferred_username: `anna-${provider}`, given_name: 'Anna', roles: ['developer'] });
  expect(await account(userinfo['sub'])).toMatchObject({
    username: `anna-${provider}`,
    attributes: { givenName: 'Anna', email: 'anna@acme.example' },
    roles: ['developer'],
    links: [{ identityProvider: provider, active: true }],
  });
  const entries = await site.api.list(`/journal?identityProvider=${provider}&userId=${String(userinfo['sub'])}`);
  expect(entries.map(({ outcome }) => outcome)).toEqual(['create', 'create']);
});

test('while the store is away people log in all the same, as who they will be, and their accounts are there when it is back', async () => {
  store.cut();
  const browser = newBrowser();
  const first = await site.portal.redeem(await site.ask('deferring', person('bob', { ...anna, given_name: 'Bob' }), browser));
  expect(first.userinfo).toMatchObject({ preferred_username: 'bob', given_name: 'Bob', roles: ['developer'] });
  const page = await browser.open(`${site.site.url}/account`);
  expect(page).toMatchObject({ status: 200, body: expect.stringContaining('your account is still being set up') });
  const again = await site.logIn('deferring', person('bob', { ...anna, given_name: 'Bobby', groups: [] }));
  expect(again.userinfo).toMatchObject({ sub: first.userinfo['sub'], given_name: 'Bobby', roles: [] });
  store.mend();
  await until('the newest claims are stored', async () => {
    const { status, body } = await site.api.request('GET', `/users/${String(first.userinfo['sub'])}`);
    return status === 200 && (body['attributes'] as Record<string, unknown>)['givenName'] === 'Bobby';
  });
  expect(await site.user(first.userinfo['sub'])).toMatchObject({ roles: [] });
}, 60_000);

test('somebody whose account is not there yet can be locked out, and nothing else', async () => {
  store.cut();
  const { userinfo } = await site.logIn('deferring', person('dora', anna));
  const id = String(userinfo['sub']);
  expect(await site.api.patch(`/users/${id}`, { attributes: { givenName: 'D' } })).toMatchObject({
    status: 404,
    body: { code: 'account.notFound' },
  });
  expect(await site.api.patch(`/users/${id}`, { locked: true })).toMatchObject({ status: 200 });
  expect(await site.denial('deferring', person('dora', anna))).toEqual({ status: 403, code: 'account.locked' });
  store.mend();
}, 60_000);

test('a server that is killed between a login and its account loses neither', async () => {
  store.cut();
  const { userinfo } = await site.logIn('deferring', person('carla', anna));
  await site.site.crashAndRestart();
  store.mend();
  expect(await account(userinfo['sub'])).toMatchObject({ username: 'carla', attributes: { givenName: 'Anna' } });
}, 60_000);

test('what cannot be together is refused', async () => {
  const patch = { jit: { mode: 'nonBlocking', prompt: 'password+consent' } };
  const { status, body } = await site.api.patch('/identity-providers/deferring', patch);
  expect({ status, errors: body['errors'] }).toMatchObject({ status: 400, errors: [{ path: 'jit.prompt', code: 'setting.contradicts' }] });
});

test('nothing of what somebody said is left in clear, nor sealed once it is done', () => {
  expect(site.site.filesWith('anna@acme.example').some((file) => file.endsWith('.log'))).toBe(false);
});
