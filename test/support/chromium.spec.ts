import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Browser } from 'playwright-core';
import { launchChromium } from './chromium.js';

let browser: Browser;
let server: Server;

beforeAll(async () => {
  server = createServer((_request, response) => response.setHeader('set-cookie', 'seen=1').end('<h1>Good day</h1>')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
});

test('Chromium opens a page, and a new context knows nothing of another', async () => {
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('The server has no port.');
  const [one, other] = [await browser.newContext(), await browser.newContext()];
  const page = await one.newPage();
  await page.goto(`http://127.0.0.1:${address.port}/`);
  expect(await page.getByRole('heading').textContent()).toBe('Good day');
  expect(await one.cookies()).toHaveLength(1);
  expect(await other.cookies()).toEqual([]);
});
