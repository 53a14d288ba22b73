import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { startApplication, type Application } from '../../apps/demo/application/index.js';
import { startIdentityProvider, type IdentityProvider } from '../../apps/demo/identity-provider/index.js';
import { freePorts } from '../../apps/demo/ports.js';
import { launchChromium } from '../support/chromium.js';
import { ScriptedProvider } from '../support/scripted-provider.js';
import { applicationSettings, providerSettings } from './parties.js';
import { Site } from './site.js';
import { Visitor } from './visitor.js';

const clientSecret = 'secret of Foyer at acme';

/** The password of the accounts `lena` and `lars`. */
export const password = 'a-Password-of-12-or-more';

/** A real application, as the demo has it. */
export const startClient = (name: string, foyerPort: number): Promise<Application> =>
  startApplication({ port: 0, foyerIssuer: `http://localhost:${foyerPort}`, clientId: name, clientSecret: `secret-of-${name}` });

/** What Foyer's settings say of it. */
export const registered = (name: string, { redirectUri, postLogoutRedirectUri }: Application, login: object): object =>
  applicationSettings(name, login, {
    oidc: {
      clientId: name,
      clientSecret: `secret-of-${name}`,
      redirectUris: [redirectUri],
      postLogoutRedirectUris: [postLogoutRedirectUri],
    },
  });

/** Everything that a person with a browser meets: Foyer, two identity providers and two applications, all with pages. */
export class Town {
  private visitor: Visitor | undefined;

  private constructor(
    private readonly chromium: Browser,
    /** Asks for a username and a password; e-mail addresses at acme.example lead there. */
    readonly acme: IdentityProvider,
    /** Lets everybody in at once, or does what a test says; e-mail addresses at globex.example lead there. */
    readonly globex: ScriptedProvider,
    readonly site: Site,
    /** An application with a choice: both identity providers, and passwords. */
    readonly portal: Application,
    /** An application of acme alone. */
    readonly desk: Application,
  ) {}

  static async build(): Promise<Town> {
    const port = await freePorts();
    const callback = `http://localhost:${port}/federation/oidc/callback/acme`;
    const [chromium, acme, globex, portal, desk] = await Promise.all([
      launchChromium(),
      startIdentityProvider({ port: 0, clients: [{ client_id: 'foyer', client_secret: clientSecret, redirect_uris: [callback] }] }),
      ScriptedProvider.start(),
      startClient('portal', port),
      startClient('desk', port),
    ]);
    const oidc = { issuer: acme.issuer, clientId: 'foyer', clientSecret, scopes: ['openid', 'profile', 'email'] };
    const settings = {
      identityProviders: [
        providerSettings('acme', acme.issuer, { oidc, homeRealms: ['acme.example'] }),
        providerSettings('globex', globex.issuer, { homeRealms: ['globex.example'] }),
      ],
      applications: [
        registered('portal', portal, { identityProviders: ['acme', 'globex'], local: true }),
        registered('desk', desk, { identityProviders: ['acme'] }),
      ],
    };
    const site = await Site.start({ port, settings });
    const users = await site.admin();
    for (const username of ['lena', 'lars']) await users.request('POST', '/users', { username, password });
    return new Town(chromium, acme, globex, site, portal, desk);
  }

  async close(): Promise<void> {
    const { chromium, site, acme, globex, portal, desk } = this;
    await Promise.all([chromium.close(), site.close(), acme.close(), globex.close(), portal.close(), desk.close()]);
  }

  /** Somebody new comes with a browser of their own. */
  async arrive(options?: BrowserContextOptions): Promise<Page> {
    this.visitor = await Visitor.arrive(this.chromium, options);
    return this.visitor.page;
  }

  /** Whoever is there goes. @throws Error when their browser complained about any page */
  async clear(): Promise<void> {
    this.globex.misbehaviour = {};
    await this.visitor?.leave();
  }

  /** Goes to where the portal sends people to log in. */
  async openChooser(page: Page): Promise<void> {
    await page.goto(this.portal.url);
    await page.getByRole('link', { name: 'Log in' }).click();
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
  }

  async logInAtAcme(page: Page, username = 'anna'): Promise<void> {
    await page.waitForURL(`${this.acme.issuer}/login/**`);
    await page.getByLabel('Username').fill(username);
    await page.getByLabel('Password').fill(`${username}-pass`);
    await press(page, 'Log in');
  }

  /** Waits for what the portal shows and not for its address: of two clicks, the second may end the navigation that the first began. */
  async atPortal(page: Page): Promise<void> {
    await page.getByRole('heading', { name: /^Hello / }).waitFor();
    if (page.url() !== `${this.portal.url}/`) throw new Error(`Not at the portal: ${page.url()}`);
  }
}

export const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
export const heading = (page: Page): Promise<string | null> => page.getByRole('heading', { level: 1 }).textContent();
export const mainText = (page: Page): Promise<string | null> => page.locator('main').textContent();

/** Types a username and a password on Foyer's own page. */
export async function signIn(page: Page, username: string, typed: string): Promise<void> {
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(typed);
  await press(page, 'Sign in');
}
