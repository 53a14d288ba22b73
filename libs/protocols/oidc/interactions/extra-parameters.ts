import { decodeJwt } from 'jose';
import type { Client, KoaContextWithOIDC } from 'oidc-provider';
import { errors } from '../provider/oidc-provider.js';

const offline = 'offline_access';

/** Names of identity providers are this long at most; a hint that is longer is no name. */
const maxHint = 255;

/**
 * The parameters that Foyer adds to authorization requests: `idp_hint` names the identity provider. Being asked for each request, it is also where
 * `offline_access` is given back, which `oidc-provider` takes away from a request without `prompt=consent` (OpenID Connect Core §11): here consent
 * is implicit.
 */
export const extraParameters = {
  idp_hint(ctx: KoaContextWithOIDC, value: string | undefined, client: Client): void {
    if (value !== undefined && value.length > maxHint) throw new errors.InvalidRequest('idp_hint is too long');
    giveOfflineAccessBack(ctx, client);
  },
};

function giveOfflineAccessBack({ oidc, query }: KoaContextWithOIDC, client: Client): void {
  const { params } = oidc;
  if (!params || !client.grantTypeAllowed('refresh_token')) return;
  const pushed = oidc.entities.PushedAuthorizationRequest?.request;
  const asked = pushed === undefined ? (oidc.body?.scope ?? query.scope) : decodeJwt(pushed).scope;
  const granted = typeof params.scope === 'string' ? params.scope.split(' ') : [];
  if (typeof asked === 'string' && asked.split(' ').includes(offline) && !granted.includes(offline)) {
    params.scope = [...granted, offline].join(' ');
  }
}
