import type { AdapterFactory } from 'oidc-provider';
import { ClientAdapter } from '../clients/client-adapter.js';
import { ArtefactAdapter } from '../state/artefact-adapter.js';
import { GrantAdapter } from '../state/grant-adapter.js';
import { RevokedGrants } from '../state/revoked-grants.js';
import { isSealedModel, SealedAdapter } from '../state/sealed-tokens.js';
import type { ProviderParts } from './parts.js';

export const revokedGrants = ({ state, clock, settings }: ProviderParts): RevokedGrants =>
  new RevokedGrants(state, clock, settings.lifetimes);

/** Where each model of `oidc-provider` is kept, if anywhere. Every write costs CPU in every login, so that as little as possible is. */
export function adapterFor(parts: ProviderParts): AdapterFactory {
  const { authentications, clients, clock, releases, seal, state } = parts;
  const revoked = revokedGrants(parts);
  return (model) => {
    if (model === 'Client') return new ClientAdapter(clients);
    if (model === 'Grant') return new GrantAdapter(authentications, clients, releases, revoked, clock);
    return isSealedModel(model) ? new SealedAdapter(model, seal, clock) : new ArtefactAdapter(model, state, revoked, clock);
  };
}
