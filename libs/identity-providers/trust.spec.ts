import { expect, test } from '@jest/globals';
import { provider, providersSection } from '../../test/support/provider-settings.js';
import { mayTrust } from './trust.js';

const settings = (more: object) => providersSection().normalize({ ...provider, ...more }, '');
const writer = { subject: 's', clientId: 'c', scopes: ['identity-providers:write'] };
const admin = { ...writer, scopes: ['admin'] };
const forbidden = (field: string) =>
  expect.objectContaining({ kind: 'forbidden', code: 'scope.missing', message: expect.stringContaining(` ${field} `) });

const claims = { roles: 'groups' };
const owners = { remote: 'foyer-admins', local: 'owner' };
const developers = { remote: 'engineering', local: 'developer' };
const trustedDomains = ['acme.example'];
const byEmail = { trustedDomains, linking: { existing: 'verified-email' } };
const roles = (mappings: object[], more: object = {}) => ({ claims, roles: { mappings, ...more } });

/** What is trusted beyond what anybody who may write may say, for a provider that is new and for one that is changed. */
const trusting: [string, object, string][] = [
  ['domains', { jit: { trustedDomains } }, 'jit.trustedDomains'],
  ['proof of ownership', { jit: { linking: { existing: 'prove-ownership' } } }, 'jit.linking'],
  ['links made beforehand', { jit: { linking: { existing: 'pre-provisioned' } } }, 'jit.linking'],
  ['an owner by an exact mapping', roles([developers, owners]), 'claims.roles, roles.mappings'],
  ['a scope by a list', roles([{ remote: ['a', 'b'], local: 'foyer:users:read' }]), 'claims.roles, roles.mappings'],
  ['the taking of every role', { roles: { revoke: 'all' } }, 'roles.revoke'],
  ['the taking of a privileged role', { roles: { never: ['member', 'owner'] } }, 'roles.never'],
  ['the taking of one that is spelled otherwise', { roles: { never: ['ＯＷＮＥＲ'] } }, 'roles.never'],
];

test.each(trusting)('%s: admin alone, for a new provider and for one that is there', (_, more, field) => {
  for (const before of [undefined, settings({})]) {
    expect(() => mayTrust(writer, before, settings(more))).toThrow(forbidden(field));
    expect(() => mayTrust(admin, before, settings(more))).not.toThrow();
  }
  expect(() => mayTrust(writer, settings(more), settings({}))).toThrow(forbidden(field));
  expect(() => mayTrust(writer, settings(more), settings({ ...more, displayName: 'Acme' }))).not.toThrow();
});

test.each<[string, object, object, string]>([
  ['another issuer', {}, { oidc: { ...provider.oidc, issuer: 'https://evil.example' } }, 'oidc.issuer'],
  [
    'another rule of matching',
    { jit: byEmail },
    { jit: { trustedDomains, linking: { existing: 'prove-ownership', match: [{ attribute: 'email' }] } } },
    'jit.linking',
  ],
  [
    'a rule of matching that was not there',
    { jit: { linking: { existing: 'prove-ownership' } } },
    { jit: { linking: { existing: 'prove-ownership', match: [{ claim: 'nick', attribute: 'username' }] } } },
    'jit.linking',
  ],
  ['another remote role for owners', roles([owners]), roles([{ ...owners, remote: 'everybody' }]), 'roles.mappings'],
  ['a further remote role for owners', roles([owners]), roles([{ ...owners, remote: ['foyer-admins', 'everybody'] }]), 'roles.mappings'],
  ['another claim that makes owners', roles([owners]), { ...roles([owners]), claims: { roles: 'nickname' } }, 'claims.roles'],
  ['owners no more', roles([owners, developers]), roles([developers]), 'roles.mappings'],
])('%s is a change for admin alone', (_, before, after, field) => {
  expect(() => mayTrust(writer, settings(before), settings(after))).toThrow(forbidden(field));
  expect(() => mayTrust(admin, settings(before), settings(after))).not.toThrow();
});

test('whoever may write says what gives no power over Foyer', () => {
  const harmless = [
    { displayName: 'Acme', homeRealms: ['acme.example'], oidc: { ...provider.oidc, clientSecret: 'another' } },
    roles([developers, { pattern: '(.+)', local: '$1' }, { remote: 'x', group: 'staff' }]),
    { claims, roles: { unmapped: 'same-name', default: ['member'], never: ['guest'], revoke: 'never' } },
    { jit: { enabled: true, prompt: 'password+consent', userStore: 'CORP', consentPurposes: ['profile'] } },
  ];
  for (const more of harmless) {
    expect(() => mayTrust(writer, undefined, settings(more))).not.toThrow();
    expect(() => mayTrust(writer, settings({}), settings(more))).not.toThrow();
  }
  const other = roles([owners, { ...developers, local: 'engineer' }]);
  expect(() => mayTrust(writer, settings(roles([owners, developers])), settings(other))).not.toThrow();
});
