import { expect, test } from '@jest/globals';
import { latest } from './audit.js';
import { holdingsAfter, type Attempt } from './people.js';
import { Random } from './random.js';

/** A login that took from one time to another. */
const login = (number: number, [begunAt, endedAt]: readonly [number, number], answered = true): Attempt => ({
  ...{ provider: 'acme', person: 'p1', number, begunAt, endedAt },
  ...(answered ? { sub: 'id of p1' } : { failure: 'no answer' }),
});
const possible = (attempts: readonly Attempt[]): number[] => latest(attempts).map(({ number }) => number);

test('an account holds what the last answered login said, or one that was begun later or at the same time', () => {
  expect(possible([login(1, [0, 10]), login(2, [20, 30])])).toEqual([2]);
  expect(possible([login(1, [0, 10]), login(2, [20, 30], false)])).toEqual([1, 2]);
  expect(possible([login(1, [0, 10], false), login(2, [20, 30])])).toEqual([2]);
  expect(possible([login(1, [0, 25]), login(2, [20, 30])])).toEqual([1, 2]);
  expect(possible([login(1, [0, 10]), login(2, [20, 30]), login(3, [25, 40]), login(4, [50, 60], false)])).toEqual([2, 3, 4]);
});

test('each login says something else, and not always as much', () => {
  const all = Array.from({ length: 8 }, (_, index) => JSON.stringify(holdingsAfter('p1', index + 1)));
  expect(new Set(all).size).toBe(8);
  expect(holdingsAfter('p1', 3).attributes).not.toHaveProperty('locale');
  expect(holdingsAfter('p1', 4)).toMatchObject({ attributes: { locale: 'de' }, roles: ['seller'] });
});

test('the same seed gives the same order', () => {
  const order = (seed: number): unknown => new Random(seed).shuffled([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(order(7)).toEqual(order(7));
  expect(order(7)).not.toEqual(order(8));
});
