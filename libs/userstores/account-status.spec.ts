import { expect, test } from '@jest/globals';
import { accountStatusProblem } from './account-status.js';

const now = 1_760_000_000_000;
const fine = { enabled: true, locked: false };

test.each([
  [fine, { enabled: true }, undefined],
  [fine, undefined, undefined],
  [{ ...fine, enabled: false, locked: true }, { enabled: true }, 'account.disabled'],
  [fine, { enabled: false }, 'account.disabled'],
  [{ ...fine, locked: true, expiresAt: now }, { enabled: true }, 'account.locked'],
  [{ ...fine, expiresAt: now }, { enabled: true }, 'account.expired'],
  [{ ...fine, expiresAt: now + 1 }, { enabled: true }, undefined],
])('%j in a store that says %j: %p', (user, account, problem) => {
  expect(accountStatusProblem(user, account, now)).toBe(problem);
});
