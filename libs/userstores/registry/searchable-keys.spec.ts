import { expect, test } from '@jest/globals';
import { searchableKey, searchableKeys } from './searchable-keys.js';

test.each([
  ['+46 (8) 123-45', '+46812345'],
  ['tel:+46-8-123.45', '+46812345'],
  [' 08 123 45 ', '0812345'],
  [46_812_345, '46812345'],
  ['+46 8 123 45 ext. 7', undefined],
  ['++46', undefined],
  ['+', undefined],
  ['', undefined],
])('the phone number %p is compared as %p', (value, key) => {
  expect(searchableKey('phoneNumber', value)).toBe(key);
});

test('numbers and ids of other systems are trimmed and composed, and nothing else', () => {
  expect(searchableKey('employeeNumber', ' A-0017 ')).toBe('A-0017');
  expect(searchableKey('employeeNumber', 17)).toBe('17');
  expect(searchableKey('externalId', 'zoe\u0308')).toBe('zo\u00eb');
  expect(searchableKey('externalId', 'ANNA')).not.toBe(searchableKey('externalId', 'anna'));
  expect(searchableKey('externalId', 'x'.repeat(256))).toBeUndefined();
  expect(searchableKey('externalId', ['a', 'b'])).toBeUndefined();
});

test('only attributes that are written are touched, and a removed one is not searched any more', () => {
  expect(searchableKeys({ givenName: 'Anna', employeeNumber: '17', externalId: null, phoneNumber: 'none' })).toEqual({
    employeeNumber: '17',
    externalId: null,
    phoneNumber: null,
  });
  expect(searchableKeys({ givenName: 'Anna' })).toEqual({});
});
