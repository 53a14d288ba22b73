import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { JustInTimeSite, person } from './just-in-time-site.js';

let site: JustInTimeSite;

beforeAll(async () => {
  const jit = { enabled: true, trustedDomains: ['acme.example'], linking: { existing: 'verified-email' } };
  site = await JustInTimeSite.start({
    providers: {
      acme: { jit },
      globex: { jit },
      asking: { jit: { ...jit, prompt: 'consent' }, claims: { userId: 'preferred_username', mappings: [{ from: 'email', to: 'email' }] } },
    },
  });
});
afterAll(() => site.close());

const verified = (email: string) => ({ email, email_verified: true });
/** An account whose e-mail address an administrator vouches for. */
const vouched = (username: string, email: string, body: object = {}) =>
  site.addUser(username, { attributes: { email, emailVerified: true }, ...body });

test('an address that both sides verified leads to the account, under its own name, from the first login on', async () => {
  const id = await vouched('anna', 'anna@acme.example', { roles: ['auditor'] });
  const { userinfo } = await site.logIn('acme', person('a.lindqvist', { ...verified('Anna@ACME.example'), given_name: 'Anna' }));
  expect(userinfo).toMatchObject({ sub: id, preferred_username: 'anna', given_name: 'Anna', roles: ['auditor'] });
  expect(await site.steps('acme', 'linkAccount')).toMatchObject([{ userId: id, reason: 'link.verifiedEmail' }]);
  expect(await site.user(id)).toMatchObject({ links: [{ identityProvider: 'acme', subject: 'subject-of-a.lindqvist', active: true }] });
  // The link counts from now on, not the address.
  const later = await site.logIn('acme', person('a.lindqvist', { email: 'a.lindqvist@elsewhere.example' }));
  expect(later.userinfo['sub']).toBe(id);
});

test('a provider leads to the account that another one created, when each of them verified the address', async () => {
  const first = await site.logIn('acme', person('ben', verified('ben@acme.example')));
  const second = await site.logIn('globex', person('benjamin', verified('ben@acme.example')));
  expect(second.userinfo).toMatchObject({ sub: first.userinfo['sub'], preferred_username: 'ben' });
  expect(await site.user(first.userinfo['sub'])).toMatchObject({ links: [{ identityProvider: 'acme' }, { identityProvider: 'globex' }] });
});

test('who could be linked is asked for consent all the same', async () => {
  const id = await vouched('carla', 'carla@acme.example');
  const { page } = await site.ask('asking', person('c', verified('carla@acme.example')));
  expect(page.text).toContain('Decide what may be kept here');
  expect(await site.user(id)).toMatchObject({ links: [] });
});

test.each([
  ['whose address nobody verified', { attributes: { email: 'dora@acme.example' } }, 'link.email.accountUnverified'],
  ['with power over Foyer', { roles: ['foyer:users:read'] }, 'link.privileged'],
  ['that is disabled', { enabled: false }, 'account.disabled'],
])('an account %s is not linked', async (_what, body, code) => {
  const email = `${code.replace(/.*\./, '')}@acme.example`;
  const attributes = code.endsWith('Unverified') ? { email } : { email, emailVerified: true };
  const id = await site.addUser(code, { ...body, attributes });
  expect(await site.denial('acme', person(`${code}-2`, verified(email)))).toEqual({ status: 403, code });
  expect(await site.user(id)).toMatchObject({ links: [] });
});

test('two accounts with the address are one too many', async () => {
  for (const username of ['emil', 'emil-2']) await vouched(username, 'emil@acme.example');
  expect(await site.denial('acme', person('e', verified('emil@acme.example')))).toEqual({ status: 403, code: 'link.ambiguous' });
});
