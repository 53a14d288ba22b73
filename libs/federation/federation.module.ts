import { Module } from '@nestjs/common';
import { CLOCK, Outgoing, type Clock } from '@foyer/platform';
import { ConfigurationCache } from './connectors/oidc/configuration-cache.js';
import { OidcConnector } from './connectors/oidc/oidc-connector.js';
import { Connectors, type ConnectorRegistry } from './registry.js';

/** The registry's one place: here, and only here, implementations of connectors meet. */
@Module({
  providers: [
    {
      provide: Connectors,
      inject: [Outgoing, CLOCK],
      useFactory: (outgoing: Outgoing, clock: Clock): Connectors => {
        const registry: ConnectorRegistry = {
          oidc: new OidcConnector(new ConfigurationCache((limits) => outgoing.fetch(limits), clock)),
        };
        return new Connectors(registry);
      },
    },
  ],
  exports: [Connectors],
})
export class FederationModule {}
