import type { Application } from '@foyer/applications';
import type { ExternalIdentity } from '@foyer/federation';
import type { IdentityProvider } from '@foyer/identity-providers';
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
