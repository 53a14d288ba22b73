import { expect, test } from '@jest/globals';
import { mayChangeHolder, mayChangeScopeHolder, mayGrantRoles, mayGrantScopes, needsAdmin } from './authority.js';
import { adminScopes, covers, isPrivilegedRole, onlyLooksPrivileged, scopesOfRoles } from './scopes.js';

const caller = (...scopes: string[]) => ({ subject: 's', clientId: 'c', scopes });
const refused = (code: string) => expect.objectContaining({ kind: 'forbidden', code });

test('scopes cover each other', () => {
  expect(adminScopes.every((scope) => covers(['admin'], scope))).toBe(true);
  expect(covers(['users:write'], 'users:read')).toBe(true);
  expect(covers(['users:read'], 'users:write')).toBe(false);
  expect(covers(['users:write'], 'applications:read')).toBe(false);
  expect(covers(['users:write'], 'admin')).toBe(false);
  expect(adminScopes).not.toContain('journal:write');
});

test('roles grant scopes', () => {
  expect(scopesOfRoles(['owner', 'developer'])).toEqual(['admin']);
  expect(scopesOfRoles(['foyer:users:read', 'foyer:users:read', 'foyer:applications:write', 'foyer:nonsense', 'users:write'])).toEqual([
    'users:read',
    'applications:write',
  ]);
  expect(scopesOfRoles(['OWNER', 'foyer:', ''])).toEqual([]);
});

test.each([
  ['owner', true],
  ['Owner', true],
  ['foyer:users:read', true],
  ['FOYER:x', true],
  ['ＯＷＮＥＲ', true],
  ['ow\u200bner', true],
  ['ｆｏｙｅｒ：users:read', true],
  ['developer', false],
  ['owners', false],
  ['my-foyer:x', false],
])('the role %s is privileged: %s', (role, privileged) => expect(isPrivilegedRole(role)).toBe(privileged));

test.each([
  ['owner', false],
  ['foyer:users:read', false],
  ['foyer:unknown', false],
  ['developer', false],
  ['Developer', false],
  ['Owner', true],
  ['ＯＷＮＥＲ', true],
  ['own\u00ader', true],
  ['foyer:Users:read', true],
])('the role %s only looks privileged: %s', (role, alike) => expect(onlyLooksPrivileged(role)).toBe(alike));

test('nobody grants what they lack', () => {
  const writer = caller('users:write');
  expect(() => mayGrantRoles(writer, ['developer', 'foyer:users:read'])).not.toThrow();
  for (const role of ['owner', 'Owner', 'ＯＷＮＥＲ', 'foyer:admin', 'foyer:applications:read', 'foyer:unknown']) {
    expect(() => mayGrantRoles(writer, ['developer', role])).toThrow(refused('role.notHeld'));
    expect(() => mayGrantRoles(caller('admin'), [role])).not.toThrow();
  }
  expect(() => mayGrantScopes(writer, ['users:read', 'admin'])).toThrow(refused('scope.notHeld'));
  expect(() => mayGrantScopes(writer, ['users:read'])).not.toThrow();
});

test('nobody changes a holder of what they lack', () => {
  expect(() => mayChangeHolder(caller('users:write'), ['developer'])).not.toThrow();
  expect(() => mayChangeHolder(caller('users:write'), ['owner'])).toThrow(refused('holder.privileged'));
  expect(() => mayChangeHolder(caller('admin'), ['owner'])).not.toThrow();
});

test('some changes need admin', () => {
  expect(() => needsAdmin(caller('identity-providers:write'), 'the issuer')).toThrow(refused('scope.missing'));
  expect(() => needsAdmin(caller('admin'), 'the issuer')).not.toThrow();
});

test('a client is changed only by who has its scopes', () => {
  mayChangeScopeHolder(caller('applications:write'), []);
  mayChangeScopeHolder(caller('users:write'), ['users:read', 'users:write']);
  expect(() => mayChangeScopeHolder(caller('users:write'), ['users:write', 'admin'])).toThrow(refused('holder.privileged'));
  expect(() => mayChangeScopeHolder(caller('users:write'), ['something else'])).toThrow(refused('holder.privileged'));
});
