import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Messages } from './messages.js';
import { builtInThemes, defaultTheme, ThemeFiles } from './theme-files.js';
import { ThemeProblems } from './theme-problems.js';

const own = join(builtInThemes, defaultTheme);
const builtIn = (language: string): Record<string, string> =>
  JSON.parse(readFileSync(join(own, 'messages', `${language}.json`), 'utf8')) as Record<string, string>;
const english = builtIn('en');
const places = (text: string | undefined): string[] => [...(text ?? '').matchAll(/\{[A-Za-z]+\}/g)].map(([place]) => place).toSorted();

describe('the built-in theme', () => {
  test('speaks six languages', () => {
    const files = new ThemeFiles();
    expect(new Messages(files.theme(defaultTheme), files.problems).all()).toEqual(['ar', 'de', 'en', 'es', 'fr', 'ja']);
  });

  test.each(['ar', 'de', 'es', 'fr', 'ja'])(
    '%s has every text of English, no other, in the same order, with the same places',
    (language) => {
      const texts = builtIn(language);
      expect(Object.keys(texts)).toEqual(Object.keys(english));
      expect(Object.keys(english).filter((key) => `${places(texts[key])}` !== `${places(english[key])}`)).toEqual([]);
      expect(Object.keys(english).filter((key) => texts[key]?.trim() === '')).toEqual([]);
    },
  );

  test('has every text that its templates name', () => {
    const templates = readdirSync(join(own, 'templates')).map((file) => readFileSync(join(own, 'templates', file), 'utf8'));
    const keys = templates.flatMap((source) => [...source.matchAll(/[({]t "([^"]+)"/g)].map((match) => match[1] ?? ''));
    expect(keys.length).toBeGreaterThan(30);
    expect(keys.filter((key) => !Object.hasOwn(english, key))).toEqual([]);
  });
});

describe('a theme', () => {
  const root = mkdtempSync(join(tmpdir(), 'foyer-messages-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const write = (file: string, texts: unknown): void => {
    mkdirSync(join(root, file, '..'), { recursive: true });
    writeFileSync(join(root, file), typeof texts === 'string' ? texts : JSON.stringify(texts));
  };
  const broken: string[] = [];
  const textsFor = (theme: string, ...wanted: string[]) => {
    const files = new ThemeFiles([root, builtInThemes], {
      problems: new ThemeProblems(({ path }) => broken.push(path.slice(root.length + 1))),
    });
    return new Messages(files.theme(theme), files.problems).for(wanted);
  };

  test('has each text from the nearest file that has it', () => {
    write('blue/messages/de-AT.json', { 'signIn.heading': 'Servus' });
    write('blue/messages/de.json', { 'signIn.heading': 'Hallo', 'signIn.submit': 'Los' });
    write('blue/messages/und.json', { brand: 'Blue & Co', 'signIn.password': 'PIN' });
    write('blue/messages/en.json', { 'signIn.submit': 'Go', 'blue.only': 'Only here' });
    write('foyer/messages/de.json', { 'signIn.password': 'Kennwort', 'signIn.username': 'Name' });
    const texts = textsFor('blue', 'de-AT-1996');
    expect(texts.language).toBe('de-AT');
    const shown = [
      'signIn.heading',
      'signIn.submit',
      'brand',
      'signIn.password',
      'signIn.username',
      'signIn.continue',
      'blue.only',
      'gone',
    ];
    expect(shown.map((key) => texts.format(key, {}))).toEqual(['Servus', 'Los', 'Blue & Co', 'PIN', 'Name', 'Weiter', 'Only here', 'gone']);
  });

  test('may bring a language of its own; what it lacks there is English', () => {
    write('blue/messages/pt-BR.json', { 'signIn.heading': 'Entrar' });
    const texts = textsFor('blue', 'xx', 'PT-br', 'de');
    expect([texts.language, texts.format('signIn.heading', {}), texts.format('signIn.password', {})]).toEqual(['pt-BR', 'Entrar', 'PIN']);
    expect(textsFor('other', 'pt-BR', 'de').language).toBe('de');
  });

  test.each([
    ['{', 'it'],
    ['[]', 'nl'],
    ['{"a": 1}', 'sv'],
    ['null', 'da'],
  ])('%s is no file of messages: it is passed over, and told once', (source, language) => {
    write(`blue/messages/${language}.json`, source);
    broken.length = 0;
    expect(textsFor('blue', language).language).toBe('en');
    expect(broken).toEqual([`blue/messages/${language}.json`]);
  });
});
