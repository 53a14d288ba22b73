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
  readonly roles: RoleSettings;
  readonly jit: JitSettings;
  readonly theme?: string;
}

export interface ClaimSettings {
  /** The claim that names the account; the subject when absent. */
  readonly userId?: string;
  /** The claim that carries roles; none are read when absent. */
  readonly roles?: string;
  readonly mappings: readonly ClaimMapping[];
}

/** What remote roles become here. */
export interface RoleSettings {
  readonly mappings: readonly RoleMapping[];
  /** What a remote role that no mapping names becomes: nothing, or the local role of the same name. */
  readonly unmapped: 'drop' | 'same-name';
  /** What a login takes away: what this identity provider granted and grants no more, nothing, or every role that it does not grant. */
  readonly revoke: 'granted-here' | 'never' | 'all';
  /** Local roles that everybody gets who logs in here. */
  readonly default: readonly string[];
  /** Local roles that this identity provider never grants, whatever the mappings say. */
  readonly never: readonly string[];
}

/** One remote role, several, or all that match a pattern, become one local role or group. */
export interface RoleMapping {
  readonly remote?: string | readonly string[];
  /** RE2, matching the whole remote role; what its groups capture stands in `local` and `group` as `$1` to `$9`. */
  readonly pattern?: string;
  /** A role. */
  readonly local?: string;
  /** A group of the account's store. */
  readonly group?: string;
}

export interface JitSettings {
  readonly enabled: boolean;
  /** `nonBlocking`: the login goes on, and a job writes to the store. */
  readonly mode: 'blocking' | 'nonBlocking';
  readonly onFailure: 'deny' | 'admit';
  /** Where accounts go: a domain, or how one is chosen. */
  readonly userStore: UserStoreChoice;
  readonly prompt: JitPrompt;
  readonly attributeSync: 'overwrite' | 'preserve-local' | 'none';
  readonly linking: LinkingSettings;
  /** E-mail domains for which this provider's word counts. */
  readonly trustedDomains: readonly string[];
  /** Names of consent purposes, besides those that apply to every identity provider. */
  readonly consentPurposes: readonly string[];
  /** What becomes of a login whose person refuses something mandatory. */
  readonly onConsentRefused: 'deny' | 'admit';
}

export type JitPrompt = 'none' | 'consent' | 'password+consent' | 'username+password+consent';

export type UserStoreChoice = string | StoreFromUsername | StoreFromClaim;

/** `DOMAIN/name` in the claim that names the account. */
export interface StoreFromUsername {
  readonly fromUsername: true;
  /** Domains that can be reached. */
  readonly domains: readonly string[];
  /** What a domain means that does not exist: PRIMARY, with a warning in the journal, or a denied login. */
  readonly unknownDomain: 'primary' | 'deny';
}

/** The value of a claim says the domain, by a map or by itself. */
export interface StoreFromClaim {
  readonly fromClaim: string;
  /** Values of the claim and their domains; a value is compared as it is. Without a map the value is the domain. */
  readonly map?: Readonly<Record<string, string>>;
  /** The domain for any other value, and for none; denied when absent. */
  readonly otherwise?: string;
  /** Domains that can be reached: by default those that `map` and `otherwise` name. */
  readonly domains: readonly string[];
}

export interface LinkingSettings {
  readonly existing: 'deny' | 'prove-ownership' | 'verified-email' | 'pre-provisioned';
  /** How an existing account is found: rules in order, of which the first that finds any decides. By default by what `existing` is about. */
  readonly match: readonly MatchRule[];
}

/** Values that accounts can be found by. */
export type MatchAttribute = 'username' | 'email' | 'phoneNumber' | 'employeeNumber' | 'externalId';

export interface MatchRule {
  /** The external claim; the subject when absent, and for `username` the claim that names the account. */
  readonly claim?: string;
  readonly attribute: MatchAttribute;
}

export interface IdentityProvider extends IdentityProviderSettings {
  /** Minted anew even when a deleted name comes back. */
  readonly id: string;
  /** Counts changes: the ETag. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}
