import { describe, expect, test } from '@jest/globals';
import { pickClaims, releasedClaims } from './release.js';

const audience = {
  id: 'intranet',
  consent: 'implicit',
  assertIdentity: 'local',
  claims: { requested: [], mandatory: [], idToken: [] },
} as const;
const client = { audience, requestedClaims: ['email', 'givenName', 'department'], idTokenClaims: ['email', 'roles'] };
const release = { client, scope: 'openid', askedInIdToken: [], noUserinfo: false };

describe('userinfo', () => {
  test('has what scopes cover and the settings list, by OIDC names', () => {
    const names = releasedClaims({ ...release, to: 'userinfo', scope: 'openid phone' });
    expect([...names].toSorted()).toEqual(['department', 'email', 'given_name', 'phone_number', 'phone_number_verified']);
  });
});

describe('the ID token', () => {
  test('has those that the settings list for it, of those that may be released', () => {
    expect([...releasedClaims({ ...release, to: 'id_token' })]).toEqual(['email']);
  });

  test('has those that were asked for there, of those that may be released', () => {
    const names = releasedClaims({ ...release, to: 'id_token', askedInIdToken: ['department', 'phone_number'] });
    expect([...names].toSorted()).toEqual(['department', 'email']);
  });

  test('has what scopes cover when no userinfo can be asked', () => {
    const names = releasedClaims({ ...release, to: 'id_token', scope: 'openid roles', noUserinfo: true });
    expect([...names].toSorted()).toEqual(['email', 'roles']);
  });
});

test('a claim without a value is left out', () => {
  expect(pickClaims({ email: undefined, name: 'Anna', phone: '1' }, new Set(['email', 'name']))).toEqual({ name: 'Anna' });
});
