import { expect, test } from '@jest/globals';
import { lackOf } from './lacks.js';

const all = { readOnly: false, create: true, passwords: true, groups: true };

test.each([
  [
    'create',
    { readOnly: true, create: false },
    'store.readOnly',
    'needs a user store in which accounts can be created, and CORP is read-only',
  ],
  ['create', { create: false }, 'store.cannotCreate', 'needs a user store in which accounts can be created, and CORP creates none'],
  ['passwords', { passwords: false }, 'store.noPasswords', 'needs a user store whose accounts have passwords, and CORP has none'],
  ['groups', { groups: false }, 'store.noGroups', 'needs a user store that has groups, and CORP has none'],
])('%s is lacking from %p', (need, capabilities, code, message) => {
  expect(lackOf('CORP', { ...all, ...capabilities }, need)).toEqual({ code, message });
  expect(lackOf('CORP', all, need)).toBeUndefined();
});

test('a need that nobody knows is a mistake of ours', () => {
  expect(() => lackOf('CORP', all, 'fly')).toThrow(TypeError);
});
