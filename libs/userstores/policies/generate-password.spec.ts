import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { StorePolicies } from '../store.js';
import { compilePolicies } from './compile-policies.js';
import { canGeneratePassword, generatePassword } from './generate-password.js';

const policiesFor = (passwordPattern?: string): StorePolicies => compilePolicies({ passwordPattern });

/** Sets that a pattern may be made of, beyond letters and digits. */
const symbolSets = ['', '!@#$%&*', '._-', '@', '\\-', '+=?!'];

/** A pattern that allows a set of characters in a range of lengths, and asks for one or two kinds of them somewhere. */
const patterns = fc
  .record({
    letters: fc.constantFrom('a-z', 'A-Z', 'a-zA-Z', '0-9', 'a-z0-9', 'A-Z0-9', 'a-zA-Z0-9', 'a-f0-9'),
    symbols: fc.constantFrom(...symbolSets),
    min: fc.integer({ min: 1, max: 40 }),
    span: fc.integer({ min: 0, max: 100 }),
    anchored: fc.boolean(),
  })
  .map(({ letters, symbols, min, span, anchored }) => {
    const body = `[${letters}${symbols}]{${min},${Math.max(min + span, 4)}}`;
    return anchored ? `^${body}$` : body;
  });

test('what is generated is accepted by the policy, whatever characters and lengths it allows', () => {
  fc.assert(
    fc.property(patterns, (pattern) => {
      const password = generatePassword(policiesFor(pattern));
      expect(policiesFor(pattern).password(password ?? '')).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});

test.each([
  ['WSO2’s default', '^[\\S]{5,30}$'],
  ['twelve characters at least', '^.{12,128}$'],
  ['a digit somewhere', '.*[0-9].*'],
  ['a symbol somewhere', '.{8,}[^A-Za-z0-9].*|.*[^A-Za-z0-9].{8,}'],
  ['one of two symbols', '.*[#%].*'],
  ['a letter and a digit in either order', '.*[A-Za-z].*[0-9].*|.*[0-9].*[A-Za-z].*'],
  ['a letter first', '[A-Za-z].{9,19}'],
  ['a capital first, a digit last', '[A-Z].*[a-z].*[0-9]'],
  ['how people write them', '[A-Z][a-z]+[0-9][!#$%&]'],
  ['capitals only', '[A-Z]{10}'],
  ['a PIN', '[0-9]{6}'],
  ['hexadecimal digits', '(?i)[a-f0-9]{32}'],
  ['a length that few have', '.{37}'],
  ['words of Unicode', '[\\p{L}\\p{N}]{10,}'],
])('a password is generated for %s', (_, pattern) => {
  const policies = policiesFor(pattern);
  expect(canGeneratePassword(policies)).toBe(true);
  for (let times = 0; times < 20; times += 1) expect(policies.password(generatePassword(policies) ?? '')).toBeUndefined();
});

test('without a pattern it has 24 characters of four kinds, and is never the same', () => {
  const passwords = Array.from({ length: 1_000 }, () => generatePassword(policiesFor()) ?? '');
  expect(new Set(passwords).size).toBe(1_000);
  for (const password of passwords) {
    expect(password).toMatch(/^[A-Za-z0-9._-]{24}$/);
    for (const kind of [/[A-Z]/, /[a-z]/, /[0-9]/, /[._-]/]) expect(password).toMatch(kind);
  }
});

test('every character is as likely at every place', () => {
  const firsts = Array.from({ length: 2_000 }, () => (generatePassword(policiesFor()) ?? '').charAt(0));
  const digits = firsts.filter((character) => /[0-9]/.test(character)).length;
  // One of 24 by right, and about 10 of 65 of the other 20: a sixth. A generator that does not shuffle has none.
  expect(digits).toBeGreaterThan(200);
  expect(digits).toBeLessThan(500);
});

test.each(['.*пароль.*', '(correct|horse) (battery|staple)', '[^\\x00-\\x7f]{8,}', '.{1,3}'])(
  'for %s none can be generated, which is found out in time',
  (pattern) => {
    const started = performance.now();
    expect(generatePassword(policiesFor(pattern))).toBeUndefined();
    expect(canGeneratePassword(policiesFor(pattern))).toBe(false);
    expect(performance.now() - started).toBeLessThan(2_000);
  },
);

test('what is met by luck alone counts as not generated', () => {
  let asked = 0;
  const seldom = { password: () => ((asked += 1) % 1_500 === 0 ? undefined : { code: 'no', policy: 'no', message: 'no' }) };
  expect(canGeneratePassword(seldom)).toBe(false);
});
