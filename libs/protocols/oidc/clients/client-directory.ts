import type { Application } from '@foyer/applications';
import { clientOf, type OidcClient, type OidcClients } from './oidc-client.js';

/** What this lib needs of the applications' service. */
export interface ApplicationLookup {
  byClientId(clientId: string): Application | undefined;
}

/** The enabled applications as clients, and Foyer's own, which nothing overrides. */
export class ClientDirectory implements OidcClients {
  private readonly builtIn: ReadonlyMap<string, Application>;
  /** An application that changed is another object. */
  private readonly converted = new WeakMap<Application, OidcClient>();

  constructor(
    private readonly applications: ApplicationLookup,
    builtIn: readonly Application[],
  ) {
    this.builtIn = new Map(builtIn.map((application) => [application.oidc.clientId, application]));
  }

  find(clientId: string): OidcClient | undefined {
    const application = this.builtIn.get(clientId) ?? this.applications.byClientId(clientId);
    if (!application?.enabled) return undefined;
    const known = this.converted.get(application);
    if (known) return known;
    const client = clientOf(application);
    this.converted.set(application, client);
    return client;
  }
}
