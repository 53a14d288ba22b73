import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { OidcClients } from './oidc-client.js';

const unsupported = (): never => {
  throw new Error('Clients are registered as applications only');
};

/** Gives `oidc-provider` its clients: the applications' settings are the only truth about them. */
export class ClientAdapter implements Adapter {
  constructor(private readonly clients: OidcClients) {}

  async find(id: string): Promise<AdapterPayload | undefined> {
    return this.clients.find(id)?.metadata;
  }

  upsert = unsupported;
  findByUserCode = unsupported;
  findByUid = unsupported;
  consume = unsupported;
  destroy = unsupported;
  revokeByGrantId = unsupported;
}
