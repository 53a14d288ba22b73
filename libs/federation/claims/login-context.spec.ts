import { expect, test } from '@jest/globals';
import type { ClaimMapping } from './claim-mapping.js';
import { loginContext } from './login-context.js';

const mapping = (to: string, source: Partial<ClaimMapping>): ClaimMapping => ({ to, onAbsent: 'keep', owner: 'idp', ...source });
const identity = { claims: { level: 'high', acr: 'not from the token' }, evidence: { acr: 'gold', amr: ['pwd', 'otp'] } };

test.each([
  ['nothing without a mapping', [], {}],
  ['nothing by other mappings', [mapping('level', { from: 'acr' })], {}],
  ['what the token says', [mapping('acr', { from: 'acr' }), mapping('amr', { from: 'amr' })], { acr: 'gold', amr: ['pwd', 'otp'] }],
  ['another claim', [mapping('acr', { from: 'level' })], { acr: 'high' }],
  ['a constant', [mapping('acr', { value: 'urn:example:federated' })], { acr: 'urn:example:federated' }],
  ['one method as a list', [mapping('amr', { value: 'fed' })], { amr: ['fed'] }],
  ['nothing for an absent claim', [mapping('acr', { from: 'missing' })], {}],
  ['nothing of a wrong type', [mapping('acr', { from: 'amr' }), mapping('amr', { value: true })], {}],
])('the context of a login: %s', (_, mappings, expected) => {
  expect(loginContext(identity, mappings)).toEqual(expected);
});
