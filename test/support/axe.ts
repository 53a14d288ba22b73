import axe from 'axe-core';
import type { Page } from 'playwright-core';

const run = `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => JSON.stringify(violations
  .filter(({ impact }) => impact === 'serious' || impact === 'critical')
  .map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 200)).join(', '))))`;

/** What axe finds on a page that seriously hinders people with assistive technology. The page has to run scripts. */
export async function seriousFaults(page: Page): Promise<unknown> {
  await page.evaluate(axe.source);
  return JSON.parse(String(await page.evaluate(run)));
}
