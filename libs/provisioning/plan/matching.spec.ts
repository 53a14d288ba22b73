import { expect, test } from '@jest/globals';
import { plan } from './plan.js';
import { stepOf } from './plan-steps.js';
import { inputOf } from './situations/situation-input.js';
import type { Situation } from './situations/situation.js';

const jit = { linking: { existing: 'prove-ownership', match: [] } } as const;
const asked = (more: Omit<Situation, 'when' | 'expect'>) => stepOf(plan(inputOf({ jit, ...more })), 'askOwnership');

test('an account that was found by its username is named to the person', () => {
  expect(asked({ matches: [{ username: 'anna', by: 'username' }] })).toMatchObject({ userId: 'match-1', username: 'anna' });
});

test.each(['email', 'phoneNumber', 'employeeNumber', 'externalId'] as const)(
  'one that was found by %s is not: the person names it',
  (by) => {
    const matches = [{ username: 'lena', by }];
    expect(asked({ matches })).toMatchObject({ userId: 'match-1', userStore: 'PRIMARY' });
    expect(asked({ matches })).not.toHaveProperty('username');
    expect(asked({ matches, ownership: { userId: 'match-1', problem: 'ownership.wrong' } })).not.toHaveProperty('username');
  },
);

test('nor when consent is missing, too, and the proof is asked for again', () => {
  const purposes = [{ ...{ id: 'p', name: 'p', version: 1, builtIn: true as const }, attributes: [{ name: 'email', mandatory: true }] }];
  const proven = { purposes, ownership: { userId: 'match-1' }, jit: { ...jit, prompt: 'consent' } } as const;
  expect(asked({ ...proven, matches: [{ username: 'lena', by: 'email' }] })).not.toHaveProperty('username');
  expect(asked({ ...proven, matches: [{ username: 'lena', by: 'username' }] })).toMatchObject({ username: 'lena' });
});
