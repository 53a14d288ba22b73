import { describe, expect, test } from '@jest/globals';
import { acceptedLanguages, directionOf, lookupChain, textIn, wantedLanguages } from './languages.js';

describe('Accept-Language (RFC 9110 §12.5.4)', () => {
  test.each([
    [undefined, []],
    ['', []],
    ['de', ['de']],
    ['da, en-GB;q=0.8, en;q=0.7', ['da', 'en-GB', 'en']],
    ['en;q=0.2,fr;q=0.9,de', ['de', 'fr', 'en']],
    ['fr;q=0.5,es;q=0.5', ['fr', 'es']],
    ['de ; Q=0.1 , ja', ['ja', 'de']],
    ['de;q=0, fr;q=0.000, en;q=0.001', ['en']],
    ['de;q=2, fr;q=-1, es;q=x, ja', ['ja']],
    ['*, de;q=0.5', ['de']],
    ['de_AT, <script>, de-toolongsubtag, -, en', ['en']],
  ])('%j asks for %j', (header, expected) => expect(acceptedLanguages(header)).toEqual(expected));

  test('a header of any length is read in no time', () => {
    expect(acceptedLanguages('de,'.repeat(100_000)).length).toBeLessThanOrEqual(30);
    expect(acceptedLanguages('a-'.repeat(100_000))).toEqual([]);
  });
});

test('what the application asks for comes before what the browser does', () => {
  expect(wantedLanguages(['sv', 'x y', 'de-AT'], 'fr')).toEqual(['sv', 'de-AT', 'fr']);
  expect(wantedLanguages([`de${'-a'.repeat(8_000)}`, ...Array.from({ length: 1_000 }, () => 'de')], 'fr')).toHaveLength(31);
});

test.each([
  ['de-AT', ['de-AT', 'de']],
  ['zh-Hant-CN-x-private1-private2', ['zh-Hant-CN-x-private1-private2', 'zh-Hant-CN-x-private1', 'zh-Hant-CN', 'zh-Hant', 'zh']],
  ['fr', ['fr']],
])('%s is looked up as %j (RFC 4647 §3.4)', (tag, chain) => expect(lookupChain(tag)).toEqual(chain));

test.each([
  ['en', 'ltr'],
  ['ja', 'ltr'],
  ['ar', 'rtl'],
  ['ar-EG', 'rtl'],
  ['he', 'rtl'],
  ['fa', 'rtl'],
  ['uz-Arab', 'rtl'],
  ['uz', 'ltr'],
])('%s is written %s', (language, direction) => expect(directionOf(language)).toBe(direction));

test('texts by language: the nearest one, English, or any', () => {
  expect(textIn({ en: 'one', de: 'eins' }, 'de-AT')).toBe('eins');
  expect(textIn({ en: 'one', 'PT-br': 'um' }, 'pt-BR')).toBe('um');
  expect(textIn({ en: 'one', de: 'eins' }, 'fr')).toBe('one');
  expect(textIn({ de: 'eins' }, 'fr')).toBe('eins');
  expect(textIn({}, 'fr')).toBe('');
});
