import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ThemeFiles, ThemeProblems, ThemeRenderer, themeRoots } from '@foyer/platform';
import { pageSamples, sampleData } from './samples.js';

const themes = join(import.meta.dirname, '../../../../docs/guides/example-theme');

test('the theme of the guide is used for every page, without a complaint', () => {
  const problems: unknown[] = [];
  const files = new ThemeFiles(themeRoots(themes), { problems: new ThemeProblems((problem) => problems.push(problem)) });
  const renderer = new ThemeRenderer(files);
  for (const sample of pageSamples) {
    const page = (language: string): string =>
      renderer.render(sample.template, sampleData(sample, language), { theme: 'acme', languages: [language] }).html;
    expect(page('en')).toMatch(/acme\/theme\.css[^]*<span>Acme<\/span>[^]*Imprint and privacy/);
    expect(page('de')).toMatch(/<span>Acme<\/span>[^]*Impressum und Datenschutz/);
    expect(page('fr')).toMatch(/<span>Acme<\/span>[^]*Imprint and privacy/);
  }
  expect(problems).toEqual([]);
});
