import type { BeginInput, BeginResult, CompleteInput, Connector, ExternalIdentity } from './connector.js';
import type { OidcProviderSettings } from './connectors/oidc/settings.js';

/** The protocols towards identity providers, each with the settings of its connector. A new connector is a folder and a line here. */
export interface ProtocolSettings {
  readonly oidc: OidcProviderSettings;
}

export type FederationProtocol = keyof ProtocolSettings;

/** One connector for each protocol: a missing one does not compile. */
export type ConnectorRegistry = { readonly [P in FederationProtocol]: Connector<ProtocolSettings[P]> };

/** What the connectors need to know of an identity provider: its settings stand under the name of its protocol. */
export type FederationTarget = {
  [P in FederationProtocol]: { readonly id: string; readonly name: string; readonly protocol: P } & {
    readonly [K in P]: ProtocolSettings[P];
  };
}[FederationProtocol];

/** Begins and completes the journey to an external identity provider, with the connector of its protocol. */
export class Connectors {
  constructor(private readonly registry: ConnectorRegistry) {}

  begin(target: FederationTarget, input: BeginInput): Promise<BeginResult> {
    return this.registry[target.protocol].begin({ id: target.id, name: target.name, settings: target[target.protocol] }, input);
  }

  complete(target: FederationTarget, input: CompleteInput): Promise<ExternalIdentity> {
    return this.registry[target.protocol].complete({ id: target.id, name: target.name, settings: target[target.protocol] }, input);
  }
}
