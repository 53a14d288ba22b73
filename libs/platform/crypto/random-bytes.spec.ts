import { expect, test } from '@jest/globals';
import { pooledRandomBytes } from './random-bytes.js';

test('no bytes are given twice, also beyond one filling of the pool', () => {
  const texts = Array.from({ length: 2000 }, () => pooledRandomBytes(18).toString('base64url'));
  expect(new Set(texts).size).toBe(2000);
  expect(texts.every((text) => text.length === 24)).toBe(true);
});

test('what was given stays as it is while others take theirs', () => {
  const first = pooledRandomBytes(24);
  const text = first.toString('hex');
  for (let taken = 0; taken < 400; taken += 1) pooledRandomBytes(24);
  expect(first.toString('hex')).toBe(text);
  expect(text).not.toMatch(/^0+$/);
});
