/** The settings of an application, in the shape of the YAML file and the admin API, defaults filled in. */
export interface ApplicationSettings {
  /** Unique; used in addresses. */
  readonly name: string;
  readonly displayName: string;
  readonly enabled: boolean;
  readonly protocol: 'oidc';
  readonly oidc: OidcClientSettings;
  readonly login: {
    /** Names of identity providers that may open this application. */
    readonly identityProviders: readonly string[];
    /** Whether a username and password of a user store may. Default: true when no identity provider is listed, else false. */
    readonly local: boolean;
  };
  readonly claims: {
    /** Local attributes, `roles` or `groups` that are released besides what scopes cover. */
    readonly requested: readonly string[];
    /** Those of `requested` without which a login does not end: a person whose account lacks one is asked for it. */
    readonly mandatory: readonly string[];
    /** Those that stand in the ID token too. */
    readonly idToken: readonly string[];
  };
  /** Whether a person is asked before anything is released; `implicit`: an administrator registered the application, and vouches for it. */
  readonly consent: 'implicit' | 'ask';
  /** What is told of a person: the linked account, or the mapped claims of this login. The `sub` is Foyer's in both. */
  readonly assertIdentity: 'local' | 'external';
  readonly theme?: string;
}

export interface OidcClientSettings {
  readonly clientId: string;
  readonly clientSecret?: string;
  /** A client with a secret may use Basic or post, whichever of the two is named. */
  readonly clientAuthentication: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none';
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
  readonly jwksUri?: string;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly grantTypes: readonly ('authorization_code' | 'refresh_token' | 'client_credentials')[];
  readonly resources: readonly { readonly uri: string; readonly scopes: readonly string[] }[];
  /** `pairwise`: each sector has its own `sub` for a person (OpenID Connect Core §8). */
  readonly subjectType: 'public' | 'pairwise';
  /** Its host is the sector. Without it that is the one host of all redirect URIs. It is not fetched: who registers the application vouches for it. */
  readonly sectorIdentifierUri?: string;
  readonly idTokenAlg: 'RS256' | 'ES256' | 'EdDSA';
  readonly requirePushedRequests: boolean;
}

export interface Application extends ApplicationSettings {
  readonly id: string;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}
