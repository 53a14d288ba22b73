import axe, { type AxeResults } from 'axe-core';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startPreview, type PreviewServer } from '../../apps/server/cli/theme/preview/preview-server.js';
import { launchChromium } from '../support/chromium.js';

const settings = [
  { language: 'en', colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { language: 'ar', colorScheme: 'dark', viewport: { width: 360, height: 740 } },
] as const;

let browser: Browser;
let preview: PreviewServer;
const warnings: string[] = [];
beforeAll(async () => {
  [browser, preview] = await Promise.all([launchChromium(), startPreview({ port: 0, warn: (line) => warnings.push(line) })]);
});
afterAll(async () => {
  await browser.close();
  await preview.close();
});

/** What keeps people with assistive technology from using the page that is open, and whether it is wider than its window. */
async function problemsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run());
  const barriers = violations.flatMap(({ id, impact, nodes }) => nodes.map(({ html }) => `${impact}: ${id}: ${html}`));
  const width = await page.evaluate('document.scrollingElement.scrollWidth');
  return width === page.viewportSize()?.width ? barriers : [...barriers, `is ${width} wide`];
}

/** Looks at every page in every state. Returns the problems of those that have any. */
async function lookAtAll({ language, ...look }: (typeof settings)[number]): Promise<Record<string, string[]>> {
  const page = await browser.newPage(look);
  await page.goto(`${preview.address}?language=${language}`);
  const addresses = await page
    .locator('main a:not(.data)')
    .evaluateAll((all) => all.map((link) => (link as unknown as { href: string }).href));
  expect(addresses.length).toBeGreaterThan(20);
  const found: Record<string, string[]> = {};
  for (const address of addresses) {
    await page.goto(address);
    const problems = await problemsOf(page);
    if (problems.length > 0) found[new URL(address).search] = problems;
  }
  await page.close();
  return found;
}

test('every page in every state can be used by everybody and fits the window: on a desktop, and in Arabic on a phone in the dark', async () => {
  expect(await Promise.all(settings.map(lookAtAll))).toEqual([{}, {}]);
  expect(warnings).toEqual([]);
}, 120_000);
