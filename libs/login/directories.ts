import type { Application } from '@foyer/applications';
import type { ExternalIdentity } from '@foyer/federation';
import type { IdentityProvider } from '@foyer/identity-providers';
import type { Attributes } from '@foyer/platform';
import type { ProvisionInput, ProvisionResult } from '@foyer/provisioning';
import type { FederationTarget, BeginInput, BeginResult, CompleteInput } from '@foyer/federation';

/** The configured applications, in memory. */
export interface ApplicationDirectory {
  byName(name: string): Application | undefined;
}

/** The configured identity providers, in memory. */
export interface IdentityProviderDirectory {
  byId(id: string): IdentityProvider | undefined;
  /** Sorted by name. */
  all(): readonly IdentityProvider[];
}

/** Speaks to identity providers: `Connectors` of federation. */
export interface Federation {
  begin(target: FederationTarget, input: BeginInput): Promise<BeginResult>;
  complete(target: FederationTarget, input: CompleteInput): Promise<ExternalIdentity>;
}

/** Decides and does what happens to the account of an external identity. */
export interface Provisioner {
  provision(input: ProvisionInput): Promise<ProvisionResult>;
}

/** What somebody said about themselves, to be kept in their account. */
export interface SelfAssertion {
  readonly userId: string;
  /** Checked (`attributeFaults`); only attributes that can be typed, and never `emailVerified`. */
  readonly attributes: Attributes;
  /** The login at which they said it. */
  readonly loginId: string;
}

/** Keeps what people say about themselves: `SelfAsserted` of provisioning. */
export interface SelfAssertions {
  /**
   * Sets attributes with the origin `self`, with an entry in the journal. One that has a value already, whoever set it, stays as it is; setting
   * the same twice changes nothing. The username, links, roles and groups are never touched.
   * @throws FoyerError `store.readOnly`, or of kind `unavailable`, when the store does not take them
   */
  assert(said: SelfAssertion): Promise<void>;
}
