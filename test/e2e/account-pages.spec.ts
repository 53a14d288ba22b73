import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { heading, mainText, press, Town } from './town.js';

let town: Town;

beforeAll(async () => {
  town = await Town.build();
});
afterEach(() => town.clear());
afterAll(() => town.close());

const password = 'a-Password-of-12-or-more';

/** Somebody logs in by acme, which is then not their only way in any more. */
async function arrive(page: Page, username: string): Promise<string> {
  await town.openChooser(page);
  await press(page, 'Continue with acme Ltd');
  await town.logInAtAcme(page, username);
  await town.atPortal(page);
  const api = await town.site.admin();
  const [user] = await api.list(`/users?username=${username}`);
  const path = `/users/${String(user?.['id'])}`;
  expect((await api.patch(path, { password })).status).toBe(200);
  return path;
}

test.each([
  ['with JavaScript, on a desktop', 'anna', { javaScriptEnabled: true, viewport: { width: 1280, height: 800 } }],
  ['without JavaScript, on a phone', 'ben', { javaScriptEnabled: false, viewport: { width: 360, height: 740 } }],
])('a way to sign in is taken away %s', async (_, username, options) => {
  const page = await town.arrive(options);
  const path = await arrive(page, username);
  await page.goto(`${town.site.url}/account`);
  await page.getByRole('link', { name: 'Remove acme Ltd' }).click();
  expect(await heading(page)).toBe('Remove acme Ltd?');
  expect(await mainText(page)).toContain('you will be signed out');
  await press(page, 'Remove');
  expect(await heading(page)).toBe('You are signed out');
  expect(await (await town.site.admin()).get(path)).toMatchObject({ links: [] });
});

test('the keyboard alone leads to everything that is kept', async () => {
  const page = await town.arrive();
  await arrive(page, 'chloe');
  await page.goto(`${town.site.url}/account`);
  const focusOn = async (name: string): Promise<void> => {
    for (let presses = 0; presses < 30; presses += 1) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(`(document.activeElement.ariaLabel || document.activeElement.innerText) === ${JSON.stringify(name)}`)) return;
    }
    throw new Error(`The Tab key does not lead to ${name}`);
  };
  await focusOn('Download');
  const downloading = page.waitForEvent('download');
  await page.keyboard.press('Enter');
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('account.json');
  const told: unknown = JSON.parse(await text(await download.createReadStream()));
  expect(told).toMatchObject({ account: { username: 'chloe' }, attributes: { email: { value: 'chloe@example.org', by: 'idp' } } });
});

async function text(stream: AsyncIterable<unknown>): Promise<string> {
  let all = '';
  for await (const piece of stream) all += String(piece);
  return all;
}
