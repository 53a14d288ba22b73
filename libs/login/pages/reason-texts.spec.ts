import { expect, test } from '@jest/globals';
import { ThemeFiles, ThemeRenderer } from '@foyer/platform';
import { denialAdvice } from '@foyer/provisioning';

const pages = new ThemeRenderer(new ThemeFiles());

test.each(Object.entries(denialAdvice))('%s has a text for the person, and one for an administrator', (reason, advice) => {
  expect(pages.text(`error.${reason}`)).not.toBe(`error.${reason}`);
  expect(pages.text(`error.${reason}`)).toMatch(/\.$/);
  expect(advice).toMatch(/^[A-Z].*\.$/);
});
