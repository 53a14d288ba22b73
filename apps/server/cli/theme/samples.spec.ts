import { expect, test } from '@jest/globals';
import { defaultTheme, ThemeFiles, ThemeRenderer } from '@foyer/platform';
import { pageSamples } from './samples.js';

const files = new ThemeFiles();
const renderer = new ThemeRenderer(files);

test('every page has samples, and each has a name of its own', () => {
  const templates = files.theme(defaultTheme).namesOf('templates');
  expect([...new Set(pageSamples.map(({ template }) => template)), 'layout'].toSorted()).toEqual(templates.toSorted());
  const names = pageSamples.map(({ template, state }) => `${template} ${state}`);
  expect(new Set(names).size).toBe(names.length);
});

test.each(pageSamples)('$template, $state: shows a text for every key', ({ template, data }) => {
  const { html } = renderer.render(template, data);
  const texts = html.replaceAll(/<code>[^<]*<\/code>/g, '').matchAll(/>\s*([^<>]+?)\s*</g);
  const keys = [...texts].map(([, text = '']) => text).filter((text) => /^[a-z][A-Za-z]*(\.[A-Za-z0-9_]+)+$/.test(text));
  expect(keys).toEqual([]);
});
