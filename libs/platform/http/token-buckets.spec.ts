import { expect, test } from '@jest/globals';
import { TokenBuckets } from './token-buckets.js';

test('each key may do so much a second, steadily', () => {
  let now = 1_000_000;
  const buckets = new TokenBuckets(4, { now: () => now });
  const taken = (key: string, times: number): number => Array.from({ length: times }, () => buckets.take(key)).filter(Boolean).length;
  expect(taken('a', 10)).toBe(4);
  expect(taken('b', 1)).toBe(1);
  now += 500;
  expect(taken('a', 10)).toBe(2);
  now += 60_000;
  expect(taken('a', 10)).toBe(4);
  now -= 60_000;
  expect(taken('a', 1)).toBe(0);
});

test('memory is bounded, and whoever is forgotten was idle longest', () => {
  const buckets = new TokenBuckets(1, { now: () => 0 });
  buckets.take('first');
  for (let n = 0; n < 49_999; n += 1) buckets.take(`key ${n}`);
  expect(buckets.take('key 49998')).toBe(false);
  buckets.take('one more');
  expect(buckets.take('first')).toBe(true);
});
