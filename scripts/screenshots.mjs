// npm run screenshots: takes the pictures of Foyer's pages for the guides, from the demo as it runs; and of other pages and of themes from the preview.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, outputOf } from './build.mjs';
import { ensurePackages, findProgram, prepare, stop } from './prepare.mjs';

const themeDir = fileURLToPath(new URL('../docs/guides/example-theme', import.meta.url));
const images = fileURLToPath(new URL('../docs/guides/images', import.meta.url));
/** Around a part of a page that is in a picture, in pixels of the page. */
const margin = 24;
const person = { username: 'chloe', password: 'chloe-pass' };

/** Adds what the demo has no need of: a second identity provider, and an application with a choice. */
async function addChoice({ foyer, secrets, identityProvider }) {
  const authorization = `Basic ${Buffer.from(`foyer-admin:${secrets.adminClientSecret}`).toString('base64')}`;
  const body = new URLSearchParams({ grant_type: 'client_credentials', scope: 'admin' });
  const token = await (await fetch(`${foyer.url}/oauth2/token`, { method: 'POST', headers: { authorization }, body })).json();
  const create = async (path, value) => {
    const headers = { authorization: `Bearer ${token.access_token}`, 'content-type': 'application/json' };
    const response = await fetch(`${foyer.url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(value) });
    if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${await response.text()}`);
  };
  const oidc = { issuer: identityProvider.issuer, clientId: 'foyer', clientSecret: 'no secret at all' };
  await create('/identity-providers', { name: 'acme', displayName: 'Acme Corp', protocol: 'oidc', oidc, homeRealms: ['acme.example'] });
  const redirectUris = ['https://intranet.example/callback'];
  await create('/applications', {
    name: 'intranet',
    displayName: 'Intranet',
    protocol: 'oidc',
    oidc: { clientId: 'intranet', clientAuthentication: 'none', redirectUris },
    login: { identityProviders: ['demo-idp', 'acme'], local: true },
  });
}

/** Each picture: its name, and how to get a browser's page to show what is on it. */
const pictures = {
  'sign-in': async (page, { foyer }) => {
    const request = { client_id: 'intranet', redirect_uri: 'https://intranet.example/callback', response_type: 'code', scope: 'openid' };
    const proof = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' };
    await page.goto(`${foyer.url}/oauth2/authorize?${new URLSearchParams({ ...request, ...proof })}`);
  },
  problem: async (page, { application, foyer }) => {
    await page.goto(`${application.url}/login`);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.waitForURL(`${foyer.url}/**`);
  },
  account: async (page, { application, foyer }) => {
    await page.goto(`${application.url}/login`);
    await page.getByLabel('Username').fill(person.username);
    await page.getByLabel('Password').fill(person.password);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.waitForURL(`${application.url}/`);
    await page.goto(`${foyer.url}/account`);
  },
};

const signIn = { template: 'sign-in', state: 'providers, e-mail and password' };

/** Of what the demo does not come to, and of themes: each picture's name, and what the preview shows on it. `parts` are all that is in the picture. */
const previewed = {
  prompt: { page: { template: 'prompt', state: 'a username, a password and your consent' } },
  consent: { page: { template: 'prompt', state: 'your consent' } },
  release: { page: { template: 'release', state: 'asks for both' } },
  'account-consent': {
    page: { template: 'account', state: 'with an account' },
    parts: '[aria-labelledby="account-kept"], [aria-labelledby="account-told"]',
  },
  'theme-acme': { page: { ...signIn, theme: 'acme' } },
  'sign-in-ar': { page: { ...signIn, language: 'ar' } },
  'theme-preview': { list: { theme: 'acme' } },
};

const addressOf = ({ page, list }) => (page ? `page?${new URLSearchParams(page)}` : `?${new URLSearchParams(list)}`);

/** The rectangle around some parts of a page, and a little of what is around them. */
async function around(parts) {
  const boxes = await Promise.all((await parts.all()).map((part) => part.boundingBox()));
  const [left, top] = [Math.min(...boxes.map(({ x }) => x)), Math.min(...boxes.map(({ y }) => y))];
  const [right, bottom] = [Math.max(...boxes.map(({ x, width }) => x + width)), Math.max(...boxes.map(({ y, height }) => y + height))];
  return { x: left - margin, y: top - margin, width: right - left + 2 * margin, height: bottom - top + 2 * margin };
}

async function takePicture(browser, name, show, parts) {
  const page = await browser.newPage({ viewport: { width: 880, height: 300 }, deviceScaleFactor: 1.5, colorScheme: 'light' });
  await show(page);
  const path = join(images, `${name}-light.png`);
  const clip = parts && (await around(page.locator(parts)));
  await page.screenshot({ path, fullPage: true, animations: 'disabled', ...(clip && { clip }) });
  console.log(relative(process.cwd(), path));
  await page.close();
}

async function takePictures(browser, demo) {
  mkdirSync(images, { recursive: true });
  for (const [name, show] of Object.entries(pictures)) await takePicture(browser, name, (page) => show(page, demo));
  const preview = await startPreview({ port: 0, themeDir, warn: console.error });
  for (const [name, shown] of Object.entries(previewed))
    await takePicture(browser, name, (page) => page.goto(preview.address + addressOf(shown)), shown.parts);
  await preview.close();
}

prepare();
ensurePackages(['chromium']);
if (!build()) stop('The build failed.');
const { chromium } = await import('playwright-core');
const { DemoStage, demoPorts } = await import(`${outputOf('modules')}/apps/demo/demo.js`);
const { startPreview } = await import(`${outputOf('modules')}/apps/server/cli/theme/preview/preview-server.js`);
const { freePorts } = await import(`${outputOf('modules')}/apps/demo/ports.js`);
const dataDir = mkdtempSync(join(tmpdir(), 'foyer-screenshots-'));
const stage = new DemoStage({ ports: demoPorts(String(await freePorts(3))), dataDir });
try {
  const demo = await stage.start();
  await addChoice(demo);
  const executablePath = findProgram('chromium', 'chromium-browser', 'google-chrome');
  const browser = await chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
  await takePictures(browser, demo);
  await browser.close();
} finally {
  await stage.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
