import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { TokenSeal } from './token-seal.js';

const seal = new TokenSeal(randomBytes(32));
const content = { accountId: 'ü', scope: 'openid' };

test('a sealed token opens for its purpose, and says nothing to others', () => {
  const token = seal.seal(content, 'AccessToken');
  expect(seal.open(token, 'AccessToken')).toEqual(content);
  expect(token).toMatch(/^[A-Za-z0-9_-]+$/);
  expect(Buffer.from(token, 'base64url').toString()).not.toContain('openid');
  expect(seal.seal(content, 'AccessToken')).not.toBe(token);
});

test.each([
  ['of another purpose', (token: string) => seal.open(token, 'AuthorizationCode')],
  ['of another key', (token: string) => new TokenSeal(randomBytes(32)).open(token, 'AccessToken')],
  ['that was changed', (token: string) => seal.open(`${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`, 'AccessToken')],
  ['that was cut off', (token: string) => seal.open(token.slice(0, 30), 'AccessToken')],
  ['that is empty', () => seal.open('', 'AccessToken')],
])('a token %s does not open', (_which, open) => {
  expect(open(seal.seal(content, 'AccessToken'))).toBeUndefined();
});
