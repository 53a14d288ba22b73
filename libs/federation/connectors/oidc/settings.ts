/** How Foyer, as a relying party, speaks to one OpenID Provider. Owned by the `oidc` connector. */
export interface OidcProviderSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  readonly clientAuthentication: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';
  /** PEM (PKCS #8) or JWK, for `private_key_jwt`. */
  readonly privateKey?: string;
  readonly scopes: readonly string[];
  readonly authorizeParameters: Readonly<Record<string, string>>;
  readonly forward: readonly ('prompt' | 'acr_values' | 'login_hint' | 'max_age')[];
  readonly clockSkewSeconds: number;
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
}
