import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { keyProblem, linkKey } from './link-key.js';

const key = (subject: string, issuer = 'https://idp.example', identityProviderId = 'p1'): string =>
  linkKey({ identityProviderId, issuer, subject });

test('names that databases like to confuse are four people', () => {
  expect(new Set(['anna', 'Anna', 'ánna', 'anna '].map((subject) => key(subject))).size).toBe(4);
  expect(key('\u00e1nna')).not.toBe(key('a\u0301nna'));
});

test('the same three values give the same key, of one length', () => {
  expect(key('anna')).toBe(key('anna'));
  expect(key('anna')).toMatch(/^[\w-]{43}$/);
});

test('moving characters from one part to another gives another key', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'grapheme', minLength: 1 }),
      (issuer, subject, moved) => {
        expect(key(moved + subject, issuer)).not.toBe(key(subject, issuer + moved));
      },
    ),
  );
});

test('what cannot be told apart safely is refused', () => {
  const problem = (subject: string, issuer = 'i'): string | undefined => keyProblem({ issuer, subject })?.code;
  expect(problem('x'.repeat(255))).toBeUndefined();
  expect(problem('x'.repeat(256))).toBe('subject.tooLong');
  expect(problem('x', 'i'.repeat(513))).toBe('issuer.tooLong');
  expect(problem('')).toBe('subject.malformed');
  expect(problem('half \udc00')).toBe('subject.malformed');
  expect(problem('x', '')).toBe('issuer.malformed');
});
