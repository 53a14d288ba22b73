/** Where the value of an attribute came from; an attribute that somebody took away has an origin, too. */
export interface ValueOrigin {
  readonly by: 'idp' | 'constant' | 'local' | 'self' | 'scim';
  /** The id of the identity provider, for `idp` and `constant`. */
  readonly identityProviderId?: string;
  /** The provider verified the value inside its `trustedDomains` (for `email`). */
  readonly verified?: boolean;
}

/** A row of Foyer's registry of users, kept in Foyer's own database for every store. */
export interface RegisteredUser {
  readonly id: string;
  readonly userStore: string;
  readonly username: string;
  /** NFKC and full case folding of the username: unique per store. */
  readonly usernameKey: string;
  /** A copy of the attribute `email` to search by (`searchableEmail`): whoever writes the attribute keeps it in step. */
  readonly email?: string;
  /** `creating`: reserved, and the store may not have it yet. */
  readonly status: 'creating' | 'active';
  readonly enabled: boolean;
  readonly origins: Readonly<Record<string, ValueOrigin>>;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}
