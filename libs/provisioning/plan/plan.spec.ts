import { expect, test } from '@jest/globals';
import { journalEntry } from '../apply/journal-entry.js';
import { plan } from './plan.js';
import { stepOf } from './plan-steps.js';
import { inputOf } from './situations/situation-input.js';
import type { Situation } from './situations/situation.js';
import { situations } from './situations/situations.js';

test.each(situations.map((situation) => [situation.when, situation] as const))('%s', (_when, situation) => {
  const { outcome, code, steps } = plan(inputOf(situation));
  expect({ outcome, code: code ?? undefined }).toEqual({ outcome: situation.expect.outcome, code: situation.expect.code });
  const explained = steps.map((step) => `${step.type} ${step.reason}`);
  // As often as they are named: of two equal steps neither may be missing.
  for (const step of situation.expect.steps ?? []) expect(explained.splice(explained.indexOf(step) >>> 0, 1)).toEqual([step]);
});

test('a denial by policy names the policy and the claim, and no value', () => {
  const { steps } = plan(inputOf({ userIdClaim: 'nick', claims: { nick: 'qz' } }));
  expect(steps.at(-1)).toMatchObject({ type: 'deny', reason: 'policy.username', policy: 'usernamePattern', claim: 'nick' });
  expect(JSON.stringify(steps.at(-1))).not.toContain('qz');
});

test.each<[string, Omit<Situation, 'when' | 'expect'>, string, string | null]>([
  ['is denied', { user: { locked: true }, account: {} }, 'account.locked', null],
  ['is denied because its store fails', { user: {}, failure: { code: 'store.unavailable', passable: false } }, 'store.unavailable', null],
  [
    'is let in without the store',
    { user: {}, failure: { code: 'store.unavailable', passable: true }, jit: { onFailure: 'admit' } },
    'store.unavailable',
    'user-1',
  ],
])('a login of a known account that %s is the account’s', (_what, situation, code, subject) => {
  const decided = plan(inputOf({ link: 'active', ...situation }));
  const knownAs = { userId: 'user-1', userStore: 'PRIMARY', username: 'anna' };
  expect(decided).toMatchObject({ code, subject, account: null, knownAs });
  expect(journalEntry(decided, { loginId: 'login-1', startedAt: 0 }, 1)).toMatchObject(knownAs);
});

test.each(['reserved', 'named', 'tombstone'] as const)('a login by a %s link is nobody’s until it is let in', (link) => {
  expect(plan(inputOf({ link, ...(link === 'named' && { user: {}, account: {} }) })).knownAs).toBeNull();
  expect(plan(inputOf({ link: 'active' })).knownAs).toBeNull();
});

test('the account is created under the id that the person had before', () => {
  const decided = plan(inputOf({ link: 'reserved' }));
  expect(decided).toMatchObject({ subject: 'user-1', account: { userId: 'user-1' } });
  expect(stepOf(decided, 'linkAccount')).toMatchObject({ linkId: 'link-1', userId: 'user-1', status: 'active', basedOn: 3 });
});

test('after a deletion the person gets another id, in the same place', () => {
  const decided = plan(inputOf({ link: 'tombstone' }));
  expect(decided.subject).not.toBe('user-1');
  expect(stepOf(decided, 'linkAccount')).toMatchObject({ linkId: 'link-1', userId: decided.subject, basedOn: 3 });
});

const verified = (claims: Readonly<Record<string, unknown>>, from = 'email'): boolean | undefined => {
  const mappings = [{ from, to: 'email', onAbsent: 'keep', owner: 'idp' } as const];
  const decided = plan(inputOf({ claims, mappings, jit: { trustedDomains: ['acme.example'] } }));
  const step = stepOf(decided, 'setAttribute');
  expect(decided.mapped.attributes['emailVerified']).toBe(step?.origin.verified ?? false);
  return step?.origin.verified;
};

test('an e-mail address is verified only if its provider says so inside its trusted domains', () => {
  expect(verified({ email: 'anna@acme.example', email_verified: true })).toBe(true);
  expect(verified({ email: 'anna@ACME.example', email_verified: 'true' })).toBe(true);
  expect(verified({ email: 'anna@acme.example' })).toBeUndefined();
  expect(verified({ email: 'anna@acme.example', email_verified: 1 })).toBeUndefined();
  expect(verified({ email: 'anna@evil.example', email_verified: true })).toBeUndefined();
  expect(verified({ email: 'anna@sub.acme.example', email_verified: true })).toBeUndefined();
  expect(verified({ email: 'anna@evil.example,x@acme.example', email_verified: true })).toBeUndefined();
  expect(verified({ mail: 'anna@acme.example', email_verified: true }, 'mail')).toBeUndefined();
});

test('a domain is trusted as it is written, but for the case of plain letters', () => {
  const trusts = (domain: string, ...trustedDomains: string[]): boolean | undefined => {
    const claims = { email: `anna@${domain}`, email_verified: true };
    return stepOf(plan(inputOf({ claims, jit: { trustedDomains } })), 'setAttribute')?.origin.verified;
  };
  expect(trusts('BANK.example', 'bank.Example')).toBe(true);
  expect(trusts('ban\u212a.example', 'bank.example')).toBeUndefined();
  expect(trusts('ban\uff4b.example', 'bank.example')).toBeUndefined();
});

test('a claim mapped to emailVerified says no more than what is verified', () => {
  const mappings = [
    { from: 'email', to: 'email', onAbsent: 'keep', owner: 'idp' } as const,
    { from: 'email_verified', to: 'emailVerified', onAbsent: 'keep', owner: 'idp' } as const,
  ];
  const claims = { email: 'anna@evil.example', email_verified: true };
  const decided = plan(inputOf({ claims, mappings, jit: { enabled: false, trustedDomains: ['acme.example'] } }));
  expect(decided.mapped.attributes).toEqual({ email: 'anna@evil.example', emailVerified: false });
});

test('the value that was verified differs from one that was not, though it reads the same', () => {
  const claims = { email: 'anna@acme.example', email_verified: true };
  const origins = { email: { by: 'idp', identityProviderId: 'acme-id' } } as const;
  const account = { attributes: { email: 'anna@acme.example' } };
  const decided = plan(inputOf({ claims, link: 'active', user: { origins }, account, jit: { trustedDomains: ['acme.example'] } }));
  expect(stepOf(decided, 'setAttribute')).toMatchObject({ reason: 'claim.confirmed', origin: { verified: true } });
});

test('the origin of a value of another provider that is gone, as an interrupted write leaves it, keeps nobody from setting one', () => {
  const origins = { email: { by: 'idp', identityProviderId: 'other-id' } } as const;
  const claims = { email: 'anna@acme.example' };
  const decided = plan(inputOf({ claims, link: 'active', user: { origins }, account: { attributes: {} } }));
  expect(stepOf(decided, 'setAttribute')).toMatchObject({ value: 'anna@acme.example', origin: { identityProviderId: 'acme-id' } });
});

test('what mappings say about the login itself is no attribute, but can be required', () => {
  const mapping = { from: 'acr', to: 'acr', onAbsent: 'fail', owner: 'idp' } as const;
  const input = inputOf({ claims: {}, mappings: [mapping] });
  const gold = plan({ ...input, identity: { ...input.identity, evidence: { acr: 'gold' } } });
  expect({ outcome: gold.outcome, attributes: gold.mapped.attributes, set: stepOf(gold, 'setAttribute') }).toEqual({
    outcome: 'create',
    attributes: {},
    set: undefined,
  });
  expect(plan(input)).toMatchObject({ outcome: 'deny', code: 'claim.absent' });
});

test('with JIT off nobody is asked, and what was refused before is told to no application', () => {
  const mappings = [
    { from: 'email', to: 'email', onAbsent: 'keep', owner: 'idp' } as const,
    { from: 'nick', to: 'nickname', onAbsent: 'keep', owner: 'idp' } as const,
  ];
  const about = {
    name: 'profile',
    version: 2,
    builtIn: true,
    attributes: ['email', 'nickname'].map((name) => ({ name, mandatory: true })),
  } as const;
  const decision = {
    purposeId: 'purpose-1',
    purpose: 'profile',
    version: 1,
    givenAt: 1,
    accepted: ['nickname'],
    refused: ['email'],
  } as const;
  const told = (receipts: Situation['receipts'], link: 'active' | 'named'): Readonly<Record<string, unknown>> => {
    const jit = { enabled: false, prompt: 'consent', linking: { existing: 'pre-provisioned', match: [] } } as const;
    const purposes = [{ id: 'purpose-1', ...about }];
    const claims = { email: 'anna@acme.example', nick: 'Annie' };
    const decided = plan(inputOf({ link, user: {}, account: {}, jit, mappings, claims, purposes, ...(receipts && { receipts }) }));
    expect(decided.outcome).toBe(link === 'named' ? 'link' : 'unchanged');
    expect(decided.steps.map(({ type }) => type)).toEqual(link === 'named' ? ['keepAccount', 'linkAccount'] : ['keepAccount']);
    return decided.mapped.attributes;
  };
  for (const link of ['active', 'named'] as const) {
    expect(told([], link)).toMatchObject({ email: 'anna@acme.example', nickname: 'Annie' });
    expect(told([{ id: 'receipt-1', state: 'accepted', ...decision }], link)).toEqual({ nickname: 'Annie' });
    expect(told([{ id: 'receipt-1', state: 'revoked', ...decision }], link)).toEqual({});
    expect(told([{ id: 'receipt-1', state: 'refused', ...decision }], link)).toEqual({});
  }
});

test('an e-mail address that is withheld takes with it that it was verified', () => {
  const written = { by: 'idp', identityProviderId: 'acme-id' } as const;
  const flag = { from: 'email_verified', to: 'emailVerified', onAbsent: 'keep', owner: 'idp' } as const;
  const { steps } = plan(
    inputOf({
      mappings: [{ from: 'email', to: 'email', onAbsent: 'keep', owner: 'idp' }, flag],
      claims: { email: 'anna@acme.example', email_verified: true },
      link: 'active',
      user: { origins: { email: written, emailVerified: written } },
      account: { attributes: { email: 'anna@acme.example', emailVerified: false } },
      purposes: [{ id: 'p', name: 'p', version: 1, builtIn: true, attributes: [{ name: 'email', mandatory: false }] }],
      receipts: [{ id: 'r', purposeId: 'p', purpose: 'p', version: 1, state: 'accepted', accepted: [], refused: ['email'], givenAt: 1 }],
    }),
  );
  const cleared = steps.flatMap((step) => (step.type === 'clearAttribute' ? step.name : []));
  expect(cleared).toEqual(['email', 'emailVerified']);
});
