import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { compileTemplate } from './compile-template.js';
import { ThemeFiles } from './theme-files.js';
import { ThemeRenderer } from './theme-renderer.js';

const root = mkdtempSync(join(tmpdir(), 'foyer-themes-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const write = (path: string, content: string): void => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), content);
};

const builtIn = new ThemeFiles();
const problem = { title: 'problem.title', heading: 'problem.heading.403', text: 'a <b>sentence</b>', code: 'x.y', loginId: 'l' };

test('every value is escaped, every text comes from the messages, and nothing on the page is inline', () => {
  const html = new ThemeRenderer(builtIn).render('problem', problem).html;
  expect(html).toContain('a &lt;b&gt;sentence&lt;/b&gt;');
  expect(html).toContain('<h1>You could not be signed in</h1>');
  expect(html).not.toMatch(/<script|<style|style=|onclick=/);
});

test('a key without a text shows as itself, and values of texts are escaped', () => {
  write('foyer/templates/layout.hbs', '{{t title application=application}}|{{body}}');
  write('foyer/templates/page.hbs', '{{t "gone"}}|{{value}}|{{inner.constructor}}');
  write('foyer/messages/en.json', '{"hello": "To {application} and {nobody}"}');
  const html = new ThemeRenderer(new ThemeFiles([root])).render('page', {
    title: 'hello',
    application: '<App>',
    value: '"',
    inner: {},
  }).html;
  expect(html).toBe('To &lt;App&gt; and {nobody}|gone|&quot;|');
});

test.each([
  ['{{lookup this "constructor"}}', /lookup/],
  ['{{{value}}}', /Line 1: values are always escaped/],
  ['{{&value}}', /always escaped/],
  ['{{#if}}', /Expecting/],
])('%s does not compile', (source, reason) => expect(() => compileTemplate(source)).toThrow(reason));

test('a theme takes over file by file, and what it lacks comes from the default theme', () => {
  write('blue/static/foyer.css', 'body{}');
  const files = new ThemeFiles([root, join(import.meta.dirname)]);
  expect(files.read('blue', 'static/foyer.css').toString()).toBe('body{}');
  expect(files.find('blue', 'static/mark.svg')).toBe(builtIn.find('foyer', 'static/mark.svg'));
  expect(files.fingerprint('blue', 'static/foyer.css')).not.toBe(files.fingerprint('foyer', 'static/foyer.css'));
});

test.each([
  'static/../../theme-files.ts',
  'static/..',
  '../foyer/static/foyer.css',
  'static/a/b.css',
  'templates/%2e%2e.hbs',
  'other/x.css',
])('no path leads out of a theme: %s', (path) => expect(builtIn.find('foyer', path)).toBeUndefined());

test('a name that is no theme is the default theme', () => {
  expect(builtIn.find('../../themes', 'static/mark.svg')).toBe(builtIn.find('foyer', 'static/mark.svg'));
});
