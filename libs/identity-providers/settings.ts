import type { ClaimMapping, OidcProviderSettings } from '@foyer/federation';

/** The settings of an identity provider, in the shape of the YAML file and the admin API (DESIGN: "The settings, as YAML"), defaults filled in. */
export interface IdentityProviderSettings {
  /** Unique; never changes; used in addresses. */
  readonly name: string;
  readonly displayName: string;
  readonly enabled: boolean;
  readonly protocol: 'oidc';
  readonly oidc: OidcProviderSettings;
  /** E-mail domains or realm hints that lead here, lower case. */
  readonly homeRealms: readonly string[];
  readonly claims: ClaimSettings;
  readonly jit: JitSettings;
  readonly theme?: string;
}

export interface ClaimSettings {
  /** The claim that names the account; the subject when absent. */
  readonly userId?: string;
  readonly mappings: readonly ClaimMapping[];
}

export interface JitSettings {
  readonly enabled: boolean;
  readonly mode: 'blocking';
  readonly onFailure: 'deny' | 'admit';
  /** The domain of the user store that accounts go to. */
  readonly userStore: string;
  readonly prompt: 'none';
  readonly attributeSync: 'overwrite' | 'preserve-local' | 'none';
  readonly linking: { readonly existing: 'deny' };
  /** E-mail domains for which this provider's word counts. */
  readonly trustedDomains: readonly string[];
}

export interface IdentityProvider extends IdentityProviderSettings {
  /** Minted anew even when a deleted name comes back. */
  readonly id: string;
  /** Counts changes: the ETag. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}
