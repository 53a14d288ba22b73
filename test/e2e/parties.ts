import { Browser, type BrowserPage } from '../../apps/demo/browserless/index.js';
import { RelyingParty, type LoggedIn, type PendingLogin, type RequestParameters } from '../../apps/demo/application/relying-party.js';
import type { Site } from './site.js';

/** An identity provider in Foyer's settings: JIT is on, the username is `preferred_username`. */
export const providerSettings = (name: string, issuer: string, changes: object = {}): object => ({
  name,
  displayName: `${name} Ltd`,
  protocol: 'oidc',
  oidc: { issuer, clientId: 'foyer', clientSecret: `secret of Foyer at ${name}` },
  claims: {
    userId: 'preferred_username',
    mappings: [
      { from: 'given_name', to: 'givenName' },
      { from: 'email', to: 'email' },
    ],
  },
  jit: { enabled: true },
  ...changes,
});

const secretOf = (name: string): string => `secret-of-${name}`;
const redirectUriOf = (name: string): string => `https://${name}.example/callback`;

/** An application in Foyer's settings, at `https://{name}.example`. Its `login` says who may open it. */
export const applicationSettings = (name: string, login: object, changes: object = {}): object => ({
  name,
  displayName: `The ${name}`,
  protocol: 'oidc',
  oidc: { clientId: name, clientSecret: secretOf(name), redirectUris: [redirectUriOf(name)] },
  login,
  ...changes,
});

/** A request of an application, and the page at which the browser stands. */
export interface Asked {
  readonly page: BrowserPage;
  readonly pending: PendingLogin;
}

/** An application that is registered by {@link applicationSettings}, without a server: what it is answered is read off the redirect. */
export class Application {
  readonly redirectUri: string;
  readonly authorization: string;
  private readonly party: RelyingParty;

  constructor(
    private readonly site: Pick<Site, 'url'>,
    readonly name: string,
    scope = 'openid profile email offline_access',
  ) {
    this.redirectUri = redirectUriOf(name);
    this.authorization = `Basic ${Buffer.from(`${name}:${secretOf(name)}`).toString('base64')}`;
    const { redirectUri } = this;
    const client = { clientId: name, clientSecret: secretOf(name), redirectUri, postLogoutRedirectUri: redirectUri };
    this.party = new RelyingParty({ issuer: site.url, ...client, scope });
  }

  /** Sends a browser to Foyer, and follows it as far as it goes by itself. */
  async ask(browser: Browser, parameters: RequestParameters = {}): Promise<Asked> {
    const { redirectTo, pending } = await this.party.begin(parameters);
    return { page: await browser.open(redirectTo), pending };
  }

  /** Where a browser would go to log in, without going there. */
  request(parameters: RequestParameters = {}): Promise<{ redirectTo: string; pending: PendingLogin }> {
    return this.party.begin(parameters);
  }

  /** Redeems the code with which a browser came back. @throws Error that shows the page when it did not */
  redeem({ page, pending }: Asked): Promise<LoggedIn> {
    return this.party.complete(this.answer(page), pending);
  }

  /** The address of this application to which the page sends the browser. */
  answer(page: BrowserPage): URL {
    if (!page.redirectTo?.startsWith(this.redirectUri)) throw new Error(`Not back at ${this.name}: ${page.describe()}`);
    return new URL(page.redirectTo);
  }

  async logIn(browser: Browser, parameters: RequestParameters = {}): Promise<LoggedIn> {
    return this.redeem(await this.ask(browser, parameters));
  }

  refresh(person: LoggedIn): Promise<LoggedIn> {
    return this.party.refresh(person);
  }

  /** A token request of its own making. */
  token(parameters: Record<string, string>): Promise<Response> {
    const headers = { authorization: this.authorization };
    return fetch(`${this.site.url}/oauth2/token`, { method: 'POST', headers, body: new URLSearchParams(parameters) });
  }
}

/** A browser without a window that stops where an application takes over. */
export const newBrowser = (): Browser => new Browser({ stopAt: ({ host }) => host.endsWith('.example') });

/** The code that a page of Foyer shows. */
export const codeOn = (page: BrowserPage): string | undefined => /Code (\S+)/.exec(page.text)?.[1];

/** The login id that a page of Foyer shows. @throws Error that shows the page when there is none */
export function loginIdOn(page: BrowserPage): string {
  const id = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/.exec(page.text)?.[0];
  if (id === undefined) throw new Error(`No login id on ${page.describe()}`);
  return id;
}
