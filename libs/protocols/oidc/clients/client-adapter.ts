import type { AdapterPayload } from 'oidc-provider';
import { ModelAdapter } from '../state/adapter.js';
import type { OidcClients } from './oidc-client.js';

/** Gives `oidc-provider` its clients: the applications' settings are the only truth about them. */
export class ClientAdapter extends ModelAdapter {
  constructor(private readonly clients: OidcClients) {
    super('Client');
  }

  override async find(id: string): Promise<AdapterPayload | undefined> {
    return this.clients.find(id)?.metadata;
  }
}
