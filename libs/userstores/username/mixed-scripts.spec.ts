import { expect, test } from '@jest/globals';
import { mixesScripts } from './mixed-scripts.js';

test.each([
  'anna',
  'Ånna-42',
  'ａｎｎａ',
  'анна',
  'Άννα',
  'علي_1',
  '太郎',
  'たろうTaro',
  '김anna',
  'สมชาย',
  'ሰላም',
  'anna.lindqvist@acme.example',
  '',
])('%p is of one script, or of such as are written together', (name) => expect(mixesScripts(name)).toBe(false));

test.each([
  ['Latin with a Cyrillic a', 'аnna'],
  ['Latin with a Greek o', 'bοb'],
  ['Cyrillic with a Greek letter', 'аннα'],
  ['Latin with an Armenian letter', 'օscar'],
  ['Latin with a Cherokee letter', 'Ꭺnna'],
  ['Latin with a full-width Latin and a Cyrillic letter', 'ａnnа'],
  ['East Asian with Latin and Cyrillic', '太郎aа'],
])('%s is a mixture', (_name, name) => expect(mixesScripts(name)).toBe(true));
