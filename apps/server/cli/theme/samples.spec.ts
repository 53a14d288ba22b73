import { expect, test } from '@jest/globals';
import { defaultTheme, ThemeFiles, ThemeRenderer } from '@foyer/platform';
import { pageSamples, sampleData } from './samples.js';

const files = new ThemeFiles();
const renderer = new ThemeRenderer(files);

test('every page has samples, and each has a name of its own', () => {
  const templates = files.theme(defaultTheme).namesOf('templates');
  expect([...new Set(pageSamples.map(({ template }) => template)), 'layout'].toSorted()).toEqual(templates.toSorted());
  const names = pageSamples.map(({ template, state }) => `${template} ${state}`);
  expect(new Set(names).size).toBe(names.length);
});

test.each(pageSamples)('$template, $state: shows a text for every key', (sample) => {
  const { html } = renderer.render(sample.template, sampleData(sample, 'en'));
  const texts = html.replaceAll(/<code>[^<]*<\/code>/g, '').matchAll(/>\s*([^<>]+?)\s*</g);
  const keys = [...texts].map(([, text = '']) => text).filter((text) => /^[a-z][A-Za-z]*(\.[A-Za-z0-9_]+)+$/.test(text));
  expect(keys).toEqual([]);
});

test.each(['ar', 'de', 'es', 'fr', 'ja'])('the purpose that pages show in %s has no English text', (language) => {
  const consent = pageSamples.find(({ state }) => state === 'your consent');
  const textsIn = (shown: string): readonly string[] => {
    const html = consent ? renderer.render(consent.template, sampleData(consent, shown), { languages: [shown] }).html : '';
    return [...html.matchAll(/<legend>(.*)<\/legend>|<p (?:class="hint" )?dir="auto">(.*)<\/p>/g)].map(([text]) => text);
  };
  const english = textsIn('en');
  expect(english).toHaveLength(3);
  expect(textsIn(language).filter((text) => english.includes(text))).toEqual([]);
});
