/** Where the value of an attribute came from; an attribute that somebody took away has an origin, too. */
export interface ValueOrigin {
  readonly by: 'idp' | 'constant' | 'local' | 'self' | 'scim';
  /** The id of the identity provider, for `idp` and `constant`. */
  readonly identityProviderId?: string;
  /** The provider verified the value inside its `trustedDomains` (for `email`). */
  readonly verified?: boolean;
  /** Milliseconds since the epoch: when it became so, where that was noted. */
  readonly since?: number;
}

/**
 * Who gave an account its roles and groups, by `role:NAME` or `group:NAME`: `idp:ID` of identity providers, `local`, `scim`. A membership with
 * several sources stays until all of them took it back; one without an entry is `local`, such as all that an administrator gave.
 */
export type MembershipGrants = Readonly<Record<string, readonly string[]>>;

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
  /** Locked by an administrator: like disabled, but told apart on the page and in the journal. */
  readonly locked: boolean;
  /** Milliseconds since the epoch; from then on nobody logs in to the account. */
  readonly expiresAt?: number;
  readonly origins: Readonly<Record<string, ValueOrigin>>;
  readonly grants: MembershipGrants;
  /** Roles that the account still has in its store and that count no more: who granted them does not any longer, and a job will take them away. */
  readonly suspendedRoles: readonly string[];
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}
