import { deepStrictEqual } from 'node:assert';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { JustInTimeSite, person } from './just-in-time-site.js';

const backtracking = ['^(a+)+$', '^(a|aa)+$', '^([a-z]+)*@$', '^(([a-z])+.)+[A-Z]([a-z])+$'];
const withRoles = { userId: 'preferred_username', roles: 'groups', mappings: [{ from: 'email', to: 'email' }] };
const trusted = { trustedDomains: ['acme.example'] };
const jit = (settings: object) => ({ jit: { enabled: true, ...settings } });
const engineers = { claims: withRoles, roles: { mappings: [{ remote: 'eng', local: 'developer' }] } };
const beforehand = jit({ linking: { existing: 'pre-provisioned' }, ...trusted });

let site: JustInTimeSite;
/** Of `lena` in PRIMARY, whose account everybody is after. */
let lena: string;
let untouched: unknown;

beforeAll(async () => {
  site = await JustInTimeSite.start({
    providers: {
      plain: {},
      'by-email': jit({ linking: { existing: 'verified-email' }, ...trusted }),
      domains: jit({ userStore: { fromUsername: true, domains: ['PRIMARY', 'CORP'] } }),
      slow: jit({ userStore: 'SLOW' }),
      patterns: { claims: withRoles, roles: { mappings: backtracking.map((pattern) => ({ pattern, local: 'worker' })) } },
      'same-name': { claims: withRoles, roles: { unmapped: 'same-name' } },
      generous: { oidc: { maxResponseBytes: 16_777_216 } },
      first: { ...engineers, ...beforehand },
      second: { ...engineers, ...beforehand },
    },
    settings: {
      userStores: [
        { domain: 'CORP', type: 'sql' },
        { domain: 'SLOW', type: 'sql', policy: { usernamePattern: backtracking[0] } },
      ],
    },
  });
  lena = await site.addUser('lena', { attributes: { email: 'lena@acme.example', emailVerified: true, locale: 'sv' } });
  untouched = await site.user(lena);
});
// Whatever was tried, her account is as it was.
afterEach(async () => deepStrictEqual(await site.user(lena), untouched));
afterAll(() => site.close());

const stranger = (claims: Readonly<Record<string, unknown>>) => person(`stranger-${crypto.randomUUID().slice(0, 8)}`, claims);

describe('a username of an identity provider that is confusable with that of an existing account', () => {
  test.each([
    ['as it is', 'lena', 'username.taken'],
    ['in capitals', 'LENA', 'username.taken'],
    ['full-width', 'ｌｅｎａ', 'username.taken'],
    ['in mathematical letters, which NFKC makes plain', '𝓁𝒆𝗻𝚊', 'username.taken'],
    ['with a zero-width space', 'le\u200bna', 'username.malformed'],
    ['with a zero-width joiner', 'lena\u200d', 'username.malformed'],
    ['written from right to left', '\u202eanel', 'username.malformed'],
    ['after a space', ' lena', 'username.malformed'],
  ])('%s is denied', async (_how, preferred_username, code) => {
    expect(await site.denial('plain', stranger({ preferred_username }))).toEqual({ status: 403, code });
  });

  test('in mixed scripts, with a Cyrillic e, is another account', async () => {
    const name = 'l\u0435na';
    const { userinfo } = await site.logIn('plain', stranger({ preferred_username: name }));
    expect(userinfo).toMatchObject({ sub: expect.not.stringContaining(lena), preferred_username: name });
  });
});

describe('an e-mail address', () => {
  test.each([
    ['unverified', { email: 'lena@acme.example' }],
    ['said to be unverified', { email: 'lena@acme.example', email_verified: false }],
    ['verified by a claim of another form', { email: 'lena@acme.example', email_verified: 1 }],
  ])('%s does not lead to the account that has it', async (_how, claims) => {
    expect(await site.denial('by-email', stranger(claims))).toEqual({ status: 403, code: 'link.email.unverified' });
  });

  test('verified, and one of two in one claim does not lead to the account that has it', async () => {
    const claims = { email: 'lena@acme.example,mallory@evil.example', email_verified: true };
    const { userinfo } = await site.logIn('by-email', stranger(claims));
    expect(userinfo).toMatchObject({ sub: expect.not.stringContaining(lena), email_verified: false });
  });

  test('verified outside of the trusted domains does not lead to the account that has it', async () => {
    const pat = await site.addUser('pat', { attributes: { email: 'pat@partner.example', emailVerified: true } });
    const claims = { email: 'pat@partner.example', email_verified: true };
    expect(await site.denial('by-email', stranger(claims))).toEqual({ status: 403, code: 'link.email.unverified' });
    expect(await site.user(pat)).toMatchObject({ links: [] });
  });

  test('unverified, of a victim: the account that was created with it beforehand is not what the victim is linked to', async () => {
    const victim = { email: 'olga@acme.example', email_verified: true };
    const trap = await site.logIn('plain', stranger({ ...victim, email_verified: false }));
    expect(trap.userinfo).toMatchObject({ email: victim.email, email_verified: false });
    expect(await site.denial('by-email', person('olga', victim))).toEqual({ status: 403, code: 'link.email.accountUnverified' });
    expect(await site.user(trap.userinfo['sub'])).toMatchObject({ links: [{ identityProvider: 'plain' }] });
  });
});

describe('a domain in a username', () => {
  test.each([
    ['nested', 'CORP/CORP/lena'],
    ['nested in PRIMARY', 'CORP/PRIMARY/lena'],
    ['before an empty one', 'CORP//lena'],
    ['that is empty', '/lena'],
    ['before nothing', 'CORP/'],
    ['before a full-width slash', 'CORP/PRIMARY\uff0flena'],
  ])('%s is denied', async (_how, preferred_username) => {
    expect(await site.denial('domains', stranger({ preferred_username }))).toEqual({ status: 403, code: 'username.malformed' });
  });
});

describe('a pattern with catastrophic backtracking', () => {
  const unmatched = `${'a'.repeat(200)}!`;

  test('as the policy of usernames is decided at once', async () => {
    expect(await site.denial('slow', stranger({ preferred_username: unmatched }))).toEqual({ status: 403, code: 'policy.username' });
    const { userinfo } = await site.logIn('slow', stranger({ preferred_username: 'a'.repeat(200) }));
    expect(userinfo['preferred_username']).toBe('a'.repeat(200));
  });

  test('as a role mapping is decided at once', async () => {
    const evil = Array.from({ length: 1_000 }, (_, index) => `${'a'.repeat(200)}${index}!`);
    const { userinfo } = await site.logIn('patterns', stranger({ groups: evil }));
    expect(userinfo).toMatchObject({ roles: [] });
    expect((await site.logIn('patterns', stranger({ groups: [...evil, 'aaa'] }))).userinfo).toMatchObject({ roles: ['worker'] });
  });
});

describe('too much in one token', () => {
  test('10,000 roles in one token deny the login, and nobody else', async () => {
    const groups = Array.from({ length: 10_000 }, (_, index) => `role-${index}`);
    expect(await site.denial('same-name', stranger({ groups }))).toEqual({ status: 403, code: 'roles.tooMany' });
    expect((await site.logIn('same-name', stranger({ groups: ['one'] }))).userinfo).toMatchObject({ roles: ['one'] });
  });

  const text = 'x'.repeat(5_000_000);

  test('a 5 MB claim is not read to its end', async () => {
    expect(await site.denial('plain', stranger({ given_name: text }))).toEqual({ status: 502, code: 'outgoing.tooLarge' });
  });

  test('a 5 MB claim that the settings let in is no value, and is kept nowhere', async () => {
    expect(await site.denial('generous', stranger({ given_name: text }))).toMatchObject({ status: 403, code: 'claim.tooLarge' });
    expect(JSON.stringify(await site.lastEntry('generous')).length).toBeLessThan(5_000);
    const { userinfo } = await site.logIn('generous', stranger({ given_name: 'Greta', unmapped: text }));
    expect(userinfo).toMatchObject({ given_name: 'Greta' });
  });
});

test('a second linked identity provider does not overwrite what the first one asserted, nor take its roles away', async () => {
  const links = ['first', 'second'].map((identityProvider) => ({ identityProvider, subject: 'subject-of-sara' }));
  const id = await site.addUser('sara', { links });
  await site.logIn('first', person('sara', { email: 'sara@acme.example', email_verified: true, groups: ['eng'] }));
  const asserted = { attributes: { email: 'sara@acme.example' }, roles: ['developer'] };
  expect(await site.user(id)).toMatchObject(asserted);
  const { userinfo } = await site.logIn('second', person('sara', { email: 'mallory@acme.example', email_verified: true, groups: [] }));
  expect(userinfo).toMatchObject({ sub: id, email: 'sara@acme.example', email_verified: true, roles: ['developer'] });
  expect(await site.user(id)).toMatchObject(asserted);
  await site.logIn('second', person('sara'));
  expect(await site.user(id)).toMatchObject(asserted);
});
