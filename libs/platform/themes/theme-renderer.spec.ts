import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { compileTemplate } from './compile-template.js';
import { builtInThemes, ThemeFiles } from './theme-files.js';
import { ThemeProblems } from './theme-problems.js';
import { ThemeRenderer } from './theme-renderer.js';

let root: string;
let clock: number;
let problems: string[];
let files: ThemeFiles;
let renderer: ThemeRenderer;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'foyer-themes-'));
  clock = 0;
  problems = [];
  const tell = new ThemeProblems(({ path, error }) =>
    problems.push(`${path.replace(`${root}/`, '')}: ${error instanceof Error ? error.message : error}`),
  );
  files = new ThemeFiles([root, builtInThemes], { now: () => clock, problems: tell });
  renderer = new ThemeRenderer(files);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (path: string, content: string): void => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), content);
};
const problem = { title: 'problem.title', heading: 'problem.heading.403', text: 'a <b>sentence</b>', code: 'x.y', loginId: 'l' };

describe('a page', () => {
  test('has every value escaped, every text from the messages, and nothing inline', () => {
    const { html, language } = renderer.render('problem', problem);
    expect(html).toContain('a &lt;b&gt;sentence&lt;/b&gt;');
    expect(html).toContain('<h1>You could not be signed in</h1>');
    expect(html).not.toMatch(/<script|<style|style=|onclick=/);
    expect(language).toBe('en');
  });

  test('is in the language that its reader wants, and says so', () => {
    expect(renderer.render('problem', problem, { languages: ['sv', 'de-CH', 'fr'] })).toMatchObject({
      language: 'de',
      html: expect.stringMatching(/<html lang="de" dir="ltr">[^]*<h1>Sie konnten nicht angemeldet werden<\/h1>/),
    });
    expect(renderer.render('problem', problem, { languages: ['ar-EG'] }).html).toContain('<html lang="ar" dir="rtl">');
    expect(renderer.language({ languages: ['ja-JP'] })).toBe('ja');
  });

  test('shows the first key that has a text, a key without one as itself, and escapes what fills texts', () => {
    write('foyer/templates/layout.hbs', '{{t title application=application}}|{{body}}');
    write('foyer/templates/page.hbs', '{{t "gone"}}|{{t keys}}|{{t texts}}|{{value}}|{{inner.constructor}}');
    write('foyer/messages/en.json', '{"hello": "To {application} and {nobody}"}');
    const data = { title: 'hello', application: '<App>', keys: ['no', 'brand'], texts: { en: 'one', de: 'eins' }, value: '"', inner: {} };
    expect(renderer.render('page', data).html).toBe('To &lt;App&gt; and {nobody}|gone|Foyer|one|&quot;|');
    expect(renderer.render('page', data, { languages: ['de'] }).html).toContain('|eins|');
  });

  test('writes times and lists as its language does, and keeps the direction of what fills its texts', () => {
    write('foyer/templates/layout.hbs', '{{body}}');
    write('foyer/templates/page.hbs', '{{time at}}|{{list names}}|{{t "problem.return" application=app}}');
    const data = { at: Date.UTC(2026, 2, 1, 14, 5), names: ['a', 'b'], app: 'App' };
    const inLanguage = (language: string, changes = {}) => renderer.render('page', { ...data, ...changes }, { languages: [language] }).html;
    expect(inLanguage('en')).toBe('Mar 1, 2026, 14:05 UTC|a and b|Back to App');
    expect(inLanguage('de')).toBe('1. März 2026, 14:05 UTC|a und b|Zurück zu App');
    expect(inLanguage('en', { app: 'تطبيق\u202e' })).toContain('Back to \u2068تطبيق\u202e\u2069');
    expect(inLanguage('ar')).toContain('العودة إلى \u2068App\u2069');
  });

  test('can be read from right to left: its styles know no left and no right', () => {
    const css = readFileSync(join(builtInThemes, 'foyer/static/foyer.css'), 'utf8').replaceAll(/\/\*[^]*?\*\//g, '');
    expect(css).not.toMatch(/\b(left|right)\b/);
    // Of four values the second is right and the last is left.
    expect(css.match(/(margin|padding|inset|border-(width|radius)): *(\S+ ){3}\S+;/g) ?? []).toEqual([]);
  });
});

test.each([
  ['{{lookup this "constructor"}}', /lookup/],
  ['{{log this}}', /log/],
  ['{{{value}}}', /Line 1: values are always escaped/],
  ['{{&value}}', /always escaped/],
  ['{{#if}}', /Expecting/],
])('%s does not compile', (source, reason) => expect(() => compileTemplate(source)).toThrow(reason));

describe('a theme', () => {
  test('takes over file by file, and what it lacks comes from the default theme', () => {
    write('blue/static/foyer.css', 'body{}');
    write('blue/templates/problem.hbs', 'blue {{code}}');
    const { html } = renderer.render('problem', problem, { theme: 'blue' });
    expect(html).toMatch(/^<!doctype html>[^]*blue x\.y/);
    expect(files.read('blue', 'static/foyer.css').toString()).toBe('body{}');
    expect(files.find('blue', 'static/mark.svg')).toBe(files.find('foyer', 'static/mark.svg'));
    expect(files.fingerprint('blue', 'static/foyer.css')).not.toBe(files.fingerprint('foyer', 'static/foyer.css'));
    expect(renderer.render('problem', problem).html).not.toContain('blue x.y');
    expect(problems).toEqual([]);
  });

  test('may have styles that say only what is otherwise', () => {
    write('blue/static/theme.css', ':root { --accent: #00f }');
    const { html } = renderer.render('problem', problem, { theme: 'blue' });
    expect(html).toMatch(/blue\/foyer\.css[^]*blue\/theme\.css/);
    expect(renderer.render('problem', problem).html).not.toContain('theme.css');
  });

  test('that replaces the default one is what every other theme falls back to', () => {
    write('foyer/templates/problem.hbs', 'ours {{code}}');
    write('blue/static/foyer.css', 'body{}');
    expect(renderer.render('problem', problem, { theme: 'blue' }).html).toContain('ours x.y');
  });

  test('that is nowhere is the default theme, and told once', () => {
    expect(renderer.render('problem', problem, { theme: 'gone' }).html).toBe(renderer.render('problem', problem).html);
    renderer.render('problem', problem, { theme: 'gone' });
    expect(problems).toEqual(['gone: There is no such theme.']);
  });

  test.each(['../../themes', '..', '.', 'a/../..', '.hidden', ''])('whose name is %j leads nowhere', (name) => {
    write('.hidden/static/foyer.css', 'body{}');
    expect(files.find(name, 'static/mark.svg')).toBe(files.find('foyer', 'static/mark.svg'));
    expect(files.read(name, 'static/foyer.css').toString()).not.toBe('body{}');
  });

  test.each([
    'static/../../theme-files.ts',
    'static/..',
    '../foyer/static/foyer.css',
    'static/a/b.css',
    'templates/%2e%2e.hbs',
    'other/x.css',
  ])('has no file %s', (path) => {
    write('foyer/static/a/b.css', 'x');
    expect(files.find('foyer', path)).toBeUndefined();
  });
});

describe('a file of a theme that cannot be used', () => {
  const shown = () => renderer.render('problem', problem, { theme: 'blue' }).html;

  test.each([
    ['is no template', '{{#if}}', 'Expecting'],
    ['uses a helper that does not exist', '{{explode code}}{{#explode}}{{/explode}}', 'explode'],
    ['uses a helper wrongly', '{{#if}}x{{/if}}', '#if requires exactly one argument'],
    ['names no text', '{{t}}', ''],
    ['names a file that does not exist', '{{asset "gone.png"}}', 'No theme has the file static/gone.png'],
    ['uses a partial', '{{> evil}}', 'evil'],
  ])('because it %s gives way to the default page, and is told once', (_case, source, reason) => {
    const whole = shown();
    write('blue/templates/problem.hbs', source);
    clock += 1_000;
    expect(shown()).toBe(whole.replaceAll('/foyer/', '/blue/'));
    shown();
    expect(problems).toEqual(['blue: There is no such theme.', expect.stringContaining(`blue/templates/problem.hbs: `)]);
    expect(problems[1]).toContain(reason);
  });

  test('and that is a layout gives way alone, also when it leaves the page out', () => {
    write('blue/templates/problem.hbs', 'blue {{code}}');
    write('blue/templates/layout.hbs', '<html>{{title}}</html>');
    expect(shown()).toMatch(/^<!doctype html>[^]*blue x\.y/);
    expect(problems).toEqual(['blue/templates/layout.hbs: The layout does not show {{body}}.']);
  });

  test('is used as soon as it is mended', () => {
    write('blue/templates/problem.hbs', '{{#if}}');
    shown();
    write('blue/templates/problem.hbs', 'mended {{code}}');
    clock += 1_000;
    expect(shown()).toContain('mended x.y');
  });
});

describe('a change of a file', () => {
  test('is seen within a second, and what has not changed is not made anew', () => {
    write('blue/templates/problem.hbs', 'first');
    const before = files.theme('blue');
    expect(renderer.render('problem', problem, { theme: 'blue' }).html).toContain('first');
    write('blue/templates/problem.hbs', 'second, and longer');
    write('blue/messages/de.json', '{"brand": "Blau"}');
    clock += 999;
    expect(renderer.render('problem', problem, { theme: 'blue' }).html).toContain('first');
    clock += 1;
    expect(renderer.render('problem', problem, { theme: 'blue', languages: ['de'] }).html).toMatch(/Blau[^]*second/);
    const after = files.theme('blue');
    expect(after).not.toBe(before);
    clock += 1_000;
    expect(files.theme('blue')).toBe(after);
    rmSync(join(root, 'blue'), { recursive: true });
    clock += 1_000;
    expect(renderer.render('problem', problem, { theme: 'blue' }).html).toContain('You could not be signed in');
  });
});
