/** An access token that was checked: issued by Foyer, unexpired, not revoked. */
export interface VerifiedAccessToken {
  /** The id of the account, or the client's own id when it acts for itself (RFC 9068 §2.2). */
  readonly subject: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
  readonly jti: string;
}

/** Implemented where the signing keys are. @throws FoyerError of kind `unauthenticated` for a token that is not good, whatever the reason */
export interface AccessTokenVerifier {
  verify(token: string): Promise<VerifiedAccessToken>;
}

/** Nest token of the {@link AccessTokenVerifier}. */
export const ACCESS_TOKEN_VERIFIER = Symbol('AccessTokenVerifier');

/** Implemented where the accounts are: what an account that calls the API is now, whatever it was when its token was issued. */
export interface AdminAccounts {
  find(userId: string): Promise<{ readonly enabled: boolean; readonly roles: readonly string[] } | undefined>;
}

/** Nest token of {@link AdminAccounts}. */
export const ADMIN_ACCOUNTS = Symbol('AdminAccounts');
