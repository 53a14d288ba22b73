import { expect, test } from '@jest/globals';
import { faultLines, provider, providerFaults, providersSection } from '../../test/support/provider-settings.js';
import type { JitSettings } from './settings.js';

const withJit = (jit: object): object => ({ ...provider, jit });
const withStore = (userStore: unknown): object => withJit({ userStore });
const withLinking = (linking: object, more: object = {}): object => withJit({ linking, ...more });
const many = (count: number, item: (n: number) => unknown): unknown[] => Array.from({ length: count }, (_, n) => item(n));
const jitOf = (jit: object): JitSettings => providersSection().normalize(withJit(jit), '').jit;

const fromUsername = { fromUsername: true };
const fromClaim = { fromClaim: 'department', otherwise: 'CORP' };
const trusted = { trustedDomains: ['acme.example'] };

test.each<[string, object]>([
  ['every prompt with a fixed domain', withJit({ prompt: 'username+password+consent', userStore: 'CORP' })],
  ['purposes with a prompt', withJit({ prompt: 'consent', consentPurposes: ['profile', 'newsletter'], onConsentRefused: 'admit' })],
  [
    'proof of ownership by several rules',
    withLinking({ existing: 'prove-ownership', match: [{ attribute: 'username' }, { attribute: 'email', claim: 'mail' }] }),
  ],
  ['verified addresses of trusted domains', withLinking({ existing: 'verified-email' }, trusted)],
  [
    'verified addresses by a rule that says the same',
    withLinking({ existing: 'verified-email', match: [{ attribute: 'email', claim: 'email' }] }, trusted),
  ],
  ['what an administrator linked', withLinking({ existing: 'pre-provisioned' })],
  ['a store by username', withStore({ fromUsername: true, domains: ['PRIMARY', 'CORP'], unknownDomain: 'deny' })],
  ['a store by claim', withStore({ fromClaim: 'department', map: { sales: 'CORP', 'R&D, "new"': 'LAB' }, otherwise: 'PRIMARY' })],
])('accepted: %s', (_, input) => {
  expect(faultLines(input)).toEqual([]);
});

test.each<[string, object, string, string?]>([
  [
    'a prompt with a store by username',
    withJit({ prompt: 'consent', userStore: fromUsername }),
    'jit.prompt setting.contradicts',
    'fromUsername',
  ],
  ['a prompt with a store by claim', withJit({ prompt: 'consent', userStore: fromClaim }), 'jit.prompt setting.contradicts', 'fromClaim'],
  [
    'a password prompt with a store by claim',
    withJit({ prompt: 'password+consent', userStore: fromClaim }),
    'jit.prompt setting.contradicts',
  ],
  ['an unknown prompt', withJit({ prompt: 'password' }), 'jit.prompt value.notOneOf'],
  ['purposes with nobody asked', withJit({ consentPurposes: ['profile'] }), 'jit.consentPurposes setting.contradicts', 'prompt none'],
  ['a purpose of a malformed name', withJit({ prompt: 'consent', consentPurposes: ['A b'] }), 'jit.consentPurposes[0] value.invalid'],
  ['too many purposes', withJit({ prompt: 'consent', consentPurposes: many(21, (n) => `p${n}`) }), 'jit.consentPurposes value.tooLong'],
  ['an unknown consequence', withJit({ onConsentRefused: 'ignore' }), 'jit.onConsentRefused value.notOneOf'],
  ['an unknown mode', withJit({ mode: 'eventually' }), 'jit.mode value.notOneOf'],
  ['a failure mode that is unknown', withJit({ onFailure: 'retry' }), 'jit.onFailure value.notOneOf'],
  ['an unknown sync', withJit({ attributeSync: 'merge' }), 'jit.attributeSync value.notOneOf'],
  ['linking that is no object', withJit({ linking: 'deny' }), 'jit.linking type.wrong'],
  ['linking of an unknown kind', withLinking({ existing: 'email' }), 'jit.linking.existing value.notOneOf'],
  [
    'verified addresses of no domain',
    withLinking({ existing: 'verified-email' }),
    'jit.linking.existing setting.contradicts',
    'trustedDomains',
  ],
  ['rules when nothing is linked', withLinking({ match: [{ attribute: 'username' }] }), 'jit.linking.match setting.contradicts', 'deny'],
  [
    'rules beside what an administrator linked',
    withLinking({ existing: 'pre-provisioned', match: [{ attribute: 'email' }] }),
    'jit.linking.match setting.contradicts',
    'pre-provisioned',
  ],
  [
    'verified addresses by username',
    withLinking({ existing: 'verified-email', match: [{ attribute: 'username' }] }, trusted),
    'jit.linking.match[0] setting.contradicts',
  ],
  [
    'verified addresses by a claim that nobody verified',
    withLinking({ existing: 'verified-email', match: [{ attribute: 'email', claim: 'mail' }] }, trusted),
    'jit.linking.match[0] setting.contradicts',
  ],
  [
    'a rule without attribute',
    withLinking({ existing: 'prove-ownership', match: [{ claim: 'email' }] }),
    'jit.linking.match[0].attribute value.missing',
  ],
  [
    'a rule by what accounts cannot be found by',
    withLinking({ existing: 'prove-ownership', match: [{ attribute: 'nickName' }] }),
    'jit.linking.match[0].attribute value.notOneOf',
  ],
  [
    'too many rules',
    withLinking({ existing: 'prove-ownership', match: many(11, () => ({ attribute: 'email', claim: 'email' })) }),
    'jit.linking.match value.tooLong',
  ],
  ['a trusted domain with a wildcard', withJit({ trustedDomains: ['*.example'] }), 'jit.trustedDomains[0] value.invalid'],
  ['a trusted domain with two dots', withJit({ trustedDomains: ['acme..example'] }), 'jit.trustedDomains[0] value.invalid'],
  ['a store of another type', withStore(5), 'jit.userStore type.wrong'],
  ['a list of stores', withStore(['CORP']), 'jit.userStore type.wrong'],
  ['a store without a name', withStore(''), 'jit.userStore value.invalid'],
  ['an object that does not say which', withStore({ domains: ['CORP'] }), 'jit.userStore type.wrong', 'fromUsername or fromClaim'],
  ['an object that says both', withStore({ ...fromUsername, ...fromClaim }), 'jit.userStore type.wrong'],
  ['a store that is not by username', withStore({ fromUsername: false }), 'jit.userStore.fromUsername value.invalid', 'for a fixed domain'],
  ['no store to reach', withStore({ ...fromUsername, domains: [] }), 'jit.userStore.domains value.missing'],
  ['text for domains', withStore({ ...fromUsername, domains: 'CORP' }), 'jit.userStore.domains type.wrong'],
  ['a domain of another type', withStore({ ...fromUsername, domains: ['CORP', 7] }), 'jit.userStore.domains[1] type.wrong'],
  [
    'an unknown answer to unknown domains',
    withStore({ ...fromUsername, unknownDomain: 'create' }),
    'jit.userStore.unknownDomain value.notOneOf',
  ],
  ['a key of the other kind', withStore({ ...fromUsername, otherwise: 'CORP' }), 'jit.userStore.otherwise key.unknown'],
  ['a claim of another type', withStore({ fromClaim: 5 }), 'jit.userStore.fromClaim type.wrong'],
  ['a map that is a list', withStore({ ...fromClaim, map: ['CORP'] }), 'jit.userStore.map type.wrong'],
  ['a map to no text', withStore({ ...fromClaim, map: { sales: 5 } }), 'jit.userStore.map value.invalid'],
  [
    'a map to a domain out of reach',
    withStore({ fromClaim: 'department', map: { sales: 'corp', 'R&D': 'LAB' }, domains: ['CORP'] }),
    'jit.userStore.map["R&D"] store.unlisted',
    'among domains',
  ],
  ['another domain out of reach', withStore({ ...fromClaim, domains: ['PRIMARY'] }), 'jit.userStore.otherwise store.unlisted'],
])('refused: %s', (...[, input, fault, reason]) => {
  expect(faultLines(input)).toEqual([fault]);
  if (reason !== undefined) expect(providerFaults(input)[0]?.message).toContain(reason);
});

test('what needs the person to be there is refused with nonBlocking, each with its reason', () => {
  const faults = providerFaults(withJit({ mode: 'nonBlocking', prompt: 'password+consent', linking: { existing: 'prove-ownership' } }));
  expect(faults.map(({ path, code }) => `${path} ${code}`)).toEqual([
    'jit.prompt setting.contradicts',
    'jit.linking.existing setting.contradicts',
  ]);
  expect(faultLines(withJit({ mode: 'nonBlocking', prompt: 'consent' }))).toEqual([]);
});

test('domains are compared without case, each counts once, and PRIMARY is the default', () => {
  expect(jitOf({}).userStore).toBe('PRIMARY');
  expect(jitOf({ userStore: 'corp' }).userStore).toBe('CORP');
  expect(jitOf({ userStore: fromUsername }).userStore).toEqual({ fromUsername: true, domains: ['PRIMARY'], unknownDomain: 'primary' });
  expect(jitOf({ userStore: { ...fromUsername, domains: ['Corp', 'CORP', 'lab'] } }).userStore).toMatchObject({ domains: ['CORP', 'LAB'] });
  const map = { sales: 'corp', lab: 'Corp' };
  expect(jitOf({ userStore: { fromClaim: 'department', map, domains: ['cOrP'] } }).userStore).toEqual({
    ...{ fromClaim: 'department', map: { sales: 'CORP', lab: 'CORP' }, domains: ['CORP'] },
  });
});

test('a claim reaches the domains that its map and the rest name', () => {
  const userStore = { fromClaim: 'department', map: { sales: 'corp', lab: 'LAB' }, otherwise: 'primary' };
  expect(jitOf({ userStore }).userStore).toMatchObject({ domains: ['CORP', 'LAB', 'PRIMARY'], otherwise: 'PRIMARY' });
  expect(jitOf({ userStore: { fromClaim: 'department' } }).userStore).toEqual({ fromClaim: 'department', domains: ['PRIMARY'] });
});

test('what is stored reads back as it was', () => {
  for (const userStore of ['CORP', fromUsername, { ...fromClaim, map: { 'R&D': 'lab' } }]) {
    const once = providersSection().normalize(withStore(userStore), '');
    expect(JSON.parse(JSON.stringify(providersSection().normalize(JSON.parse(JSON.stringify(once)), '')))).toEqual(
      JSON.parse(JSON.stringify(once)),
    );
  }
});
