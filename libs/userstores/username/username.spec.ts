import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { foldCase } from './case-folding.js';
import { maxUsernameLength, splitUsername, usernameKey, usernameProblem } from './username.js';

test.each([
  ['case', 'Anna', 'aNNA'],
  ['sharp s', 'Strauß', 'STRAUSS'],
  ['capital sharp s', 'STRAUẞ', 'strauss'],
  ['composed and decomposed', 'Zo\u00eb', 'Zoe\u0308'],
  ['full width', 'Ａｎｎａ', 'anna'],
  ['ligature', 'ﬁona', 'FIONA'],
  ['final sigma', 'ΝΊΚΟΣ', 'νίκος'],
  ['no-break space', 'anna\u00a0b', 'Anna B'],
  ['Kelvin sign', '\u212a', 'k'],
  ['long s', 'ſam', 'Sam'],
  ['Cherokee, which folds to upper case', '\uab70', '\u13a0'],
  ['iota below', 'ᾳ', 'αι'],
  ['dotted capital I', '\u0130', 'i\u0307'],
])('two usernames are the same across %s', (_, one, other) => {
  expect(usernameKey(one)).toBe(usernameKey(other));
});

test.each([
  ['accents', 'anna', 'ánna'],
  ['dotless i', 'ılk', 'ilk'],
  ['look-alikes of another script', 'anna', 'аnna'],
  ['an inner space', 'anna b', 'annab'],
])('two usernames differ by %s', (_, one, other) => {
  expect(usernameKey(one)).not.toBe(usernameKey(other));
});

test('folding agrees with Unicode on the cases that lower case misses', () => {
  expect(foldCase('ßΣςΐẖ\u1c88\u13f8')).toBe('ssσσ\u03b9\u0308\u0301h\u0331\ua64b\u13f0');
});

test('the key of a key is the key itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (text) => {
      fc.pre(usernameProblem(text) === undefined);
      expect(usernameKey(usernameKey(text))).toBe(usernameKey(text));
    }),
  );
});

test.each([
  ['nothing', ''],
  ['a control character', 'an\u0007na'],
  ['a tab', 'an\tna'],
  ['a line break', 'anna\n'],
  ['a line separator', 'an\u2028na'],
  ['zero width space', 'an\u200bna'],
  ['zero width joiner', 'an\u200dna'],
  ['soft hyphen', 'an\u00adna'],
  ['bidirectional override', 'an\u202ena'],
  ['variation selector', 'anna\ufe0f'],
  ['Hangul filler', 'an\u3164na'],
  ['a tag character', 'anna\u{e0061}'],
  ['private use', 'anna\ue000'],
  ['a lone surrogate', 'anna\ud800'],
  ['an unassigned character', 'anna\u0378'],
  ['a leading space', ' anna'],
  ['a trailing space', 'anna '],
  ['a trailing no-break space', 'anna\u00a0'],
  ['an accent that stands on a space', '\u00b4anna'],
  ['a slash', 'a/b'],
  ['a full-width slash', 'a\uff0fb'],
  ['too much', 'a'.repeat(maxUsernameLength + 1)],
  ['too much once normalized', '\ufdfa'.repeat(20)],
])('%s is no username', (_, text) => {
  expect(usernameProblem(text)).toBeDefined();
  expect(() => splitUsername(`PRIMARY/${text}`)).toThrow(expect.objectContaining({ code: 'username.malformed', kind: 'invalid' }));
});

test.each(['anna', 'anna@acme.example', 'Anna Ångström', '安娜', "o'neill", 'a'.repeat(maxUsernameLength), '👩'])(
  '%s is a username',
  (text) => {
    expect(usernameProblem(text)).toBeUndefined();
  },
);

test('a domain stands before the first slash', () => {
  expect(splitUsername('anna')).toEqual({ username: 'anna' });
  expect(splitUsername('CORP/anna')).toEqual({ domain: 'CORP', username: 'anna' });
  for (const text of ['/anna', 'CORP/', '/', 'CORP/a/b', 'CORP//anna']) {
    expect(() => splitUsername(text)).toThrow(expect.objectContaining({ code: 'username.malformed' }));
  }
});
