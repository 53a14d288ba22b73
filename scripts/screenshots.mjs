// npm run screenshots: takes the pictures of Foyer's pages for the guides, light and dark, from the demo as it runs; and of themes from their preview.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { ensurePackages, findProgram, prepare, stop } from './prepare.mjs';

const themeDir = fileURLToPath(new URL('../docs/guides/example-theme', import.meta.url));
const images = fileURLToPath(new URL('../docs/guides/images', import.meta.url));
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
  problem: async (page, { application }) => {
    await page.goto(`${application.url}/login`);
    await page.getByRole('button', { name: 'Cancel' }).click();
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

/** Of themes: each picture's name, and what the preview shows on it. */
const themePictures = {
  'theme-acme': `page?${new URLSearchParams({ ...signIn, theme: 'acme' })}`,
  'sign-in-ar': `page?${new URLSearchParams({ ...signIn, language: 'ar' })}`,
  'theme-preview': '?theme=acme',
};

async function takePicture(browser, name, colorSchemes, show) {
  const page = await browser.newPage({ viewport: { width: 880, height: 300 }, deviceScaleFactor: 1.5 });
  await show(page);
  for (const colorScheme of colorSchemes) {
    const path = join(images, `${name}-${colorScheme}.png`);
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path, fullPage: true, animations: 'disabled' });
    console.log(relative(process.cwd(), path));
  }
  await page.close();
}

async function takePictures(browser, demo) {
  mkdirSync(images, { recursive: true });
  for (const [name, show] of Object.entries(pictures)) await takePicture(browser, name, ['light', 'dark'], (page) => show(page, demo));
  const preview = await startPreview({ port: 0, themeDir, warn: console.error });
  for (const [name, path] of Object.entries(themePictures))
    await takePicture(browser, name, ['light'], (page) => page.goto(preview.address + path));
  await preview.close();
}

prepare();
ensurePackages(['chromium']);
if (!build()) stop('The build failed.');
const { chromium } = await import('playwright-core');
const { DemoStage, demoPorts } = await import('../dist/apps/demo/demo.js');
const { startPreview } = await import('../dist/apps/server/cli/theme/preview/preview-server.js');
const { freePorts } = await import('../dist/apps/demo/ports.js');
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
