import * as client from 'openid-client';
import type { Browser, BrowserPage } from '../../apps/demo/browserless/index.js';
import { AdminClient } from './admin-client.js';
import type { Site } from './site.js';

/** A person whom the admin console logged in. */
export interface ConsoleSession {
  readonly granted: readonly string[];
  readonly api: AdminClient;
  readonly refresh: () => Promise<ConsoleSession>;
}

/** Logs a person in as the console does: as the public client `foyer-console` by code and PKCE, for the admin API (RFC 8707). */
export class ConsoleLogin {
  private constructor(
    private readonly configuration: client.Configuration,
    private readonly foyerUrl: string,
  ) {}

  static async prepare({ url }: Site): Promise<ConsoleLogin> {
    const execute = [client.allowInsecureRequests];
    return new ConsoleLogin(await client.discovery(new URL(url), 'foyer-console', undefined, client.None(), { execute }), url);
  }

  /** Sends the browser to where a username and a password are asked for. */
  async ask(browser: Browser, scope: string): Promise<{ page: BrowserPage; verifier: string }> {
    const verifier = client.randomPKCECodeVerifier();
    const url = client.buildAuthorizationUrl(this.configuration, {
      redirect_uri: this.redirectUri,
      scope: `openid offline_access ${scope}`,
      resource: this.resource,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    return { page: await browser.open(url), verifier };
  }

  async logIn(browser: Browser, scope: string, username: string, password: string): Promise<ConsoleSession> {
    const { page, verifier } = await this.ask(browser, scope);
    const back = await browser.press(page, 'Sign in', { username, password });
    if (!back.redirectTo?.startsWith(this.redirectUri)) throw new Error(`Not back at the console: ${back.describe()}`);
    return this.session(
      await client.authorizationCodeGrant(
        this.configuration,
        new URL(back.redirectTo),
        { pkceCodeVerifier: verifier },
        { resource: this.resource },
      ),
    );
  }

  get redirectUri(): string {
    return `${this.foyerUrl}/console/callback`;
  }

  private get resource(): string {
    return `${this.foyerUrl}/api/v1`;
  }

  private session({ access_token, refresh_token, scope }: client.TokenEndpointResponse): ConsoleSession {
    const granted = (scope ?? '').split(' ').filter((each) => !['', 'openid', 'offline_access'].includes(each));
    const refresh = async (): Promise<ConsoleSession> =>
      this.session(await client.refreshTokenGrant(this.configuration, refresh_token ?? '', { resource: this.resource }));
    return { granted, api: new AdminClient(this.foyerUrl, access_token), refresh };
  }
}
