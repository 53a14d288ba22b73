import * as client from 'openid-client';

export interface RelyingPartyOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  readonly postLogoutRedirectUri: string;
  readonly scope: string;
}

/** What must come back with the answer to one request to log in. */
export interface PendingLogin {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly maxAge?: number;
}

/** What the application knows of a person who is logged in. */
export interface LoggedIn {
  /** The claims of the ID token, whose signature was checked. */
  readonly idTokenClaims: Readonly<Record<string, unknown>>;
  readonly userinfo: Readonly<Record<string, unknown>>;
  readonly idToken: string;
  readonly accessToken: string;
  readonly refreshToken?: string;
  readonly scope?: string;
  /** When the access token ends, in milliseconds since the epoch, if the provider said. */
  readonly expiresAt?: number;
  /** How often the tokens were refreshed. */
  readonly refreshes: number;
}

/** What may be added to a request to log in. */
export const requestParameters = ['prompt', 'max_age', 'login_hint', 'acr_values', 'idp_hint', 'ui_locales', 'claims'] as const;
export type RequestParameters = Partial<Record<(typeof requestParameters)[number], string>>;

type Tokens = client.TokenEndpointResponse & client.TokenEndpointResponseHelpers;

/** Speaks OpenID Connect to one provider: code flow with PKCE, state and nonce. It keeps nothing of a person: the caller does. */
export class RelyingParty {
  private discovered: client.Configuration | undefined;

  constructor(private readonly options: RelyingPartyOptions) {}

  /** Where the browser goes to log in, and what to keep for its return. */
  async begin(parameters: RequestParameters): Promise<{ redirectTo: string; pending: PendingLogin }> {
    const configuration = await this.configuration();
    const pending: PendingLogin = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      codeVerifier: client.randomPKCECodeVerifier(),
      ...(parameters.max_age !== undefined && { maxAge: Number(parameters.max_age) }),
    };
    const redirectTo = client.buildAuthorizationUrl(configuration, {
      redirect_uri: this.options.redirectUri,
      scope: this.options.scope,
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(pending.codeVerifier),
      code_challenge_method: 'S256',
      ...parameters,
    });
    return { redirectTo: redirectTo.href, pending };
  }

  /** @param answer the address that the browser came back to. @throws what `openid-client` throws for a bad answer */
  async complete(answer: URL, { state, nonce, codeVerifier, maxAge }: PendingLogin): Promise<LoggedIn> {
    const tokens = await client.authorizationCodeGrant(await this.configuration(), answer, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: codeVerifier,
      maxAge,
      idTokenExpected: true,
    });
    return this.loggedIn(tokens, undefined);
  }

  /** @throws Error when there is no refresh token, or it counts no more */
  async refresh(previous: LoggedIn): Promise<LoggedIn> {
    if (previous.refreshToken === undefined) throw new Error('There is no refresh token');
    return this.loggedIn(await client.refreshTokenGrant(await this.configuration(), previous.refreshToken), previous);
  }

  /** Where the browser goes to log out at the provider too (OpenID Connect RP-Initiated Logout §2). */
  async logoutUrl({ idToken }: LoggedIn): Promise<string> {
    return client.buildEndSessionUrl(await this.configuration(), {
      id_token_hint: idToken,
      post_logout_redirect_uri: this.options.postLogoutRedirectUri,
    }).href;
  }

  private async loggedIn(tokens: Tokens, previous: LoggedIn | undefined): Promise<LoggedIn> {
    const idTokenClaims = tokens.claims() ?? previous?.idTokenClaims;
    const idToken = tokens.id_token ?? previous?.idToken;
    if (!idTokenClaims || idToken === undefined) throw new Error('The answer has no ID token');
    const lifetime = tokens.expiresIn();
    return {
      idTokenClaims,
      userinfo: await client.fetchUserInfo(await this.configuration(), tokens.access_token, String(idTokenClaims['sub'])),
      idToken,
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token ?? previous?.refreshToken,
      scope: tokens.scope ?? previous?.scope,
      expiresAt: lifetime === undefined ? undefined : Date.now() + lifetime * 1000,
      refreshes: previous ? previous.refreshes + 1 : 0,
    };
  }

  /** Asked for at the first login and again until it is there: the provider may start later than the application. */
  private async configuration(): Promise<client.Configuration> {
    if (this.discovered) return this.discovered;
    const { issuer, clientId, clientSecret } = this.options;
    const execute = [client.enableNonRepudiationChecks];
    if (issuer.startsWith('http:')) execute.push(client.allowInsecureRequests);
    this.discovered = await client.discovery(new URL(issuer), clientId, undefined, client.ClientSecretBasic(clientSecret), { execute });
    return this.discovered;
  }
}
