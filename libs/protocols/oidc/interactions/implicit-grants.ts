import type { Grant, KoaContextWithOIDC } from 'oidc-provider';
import type { Clock, Settings } from '@foyer/platform';
import type { AuthenticationLookup } from '../accounts/authentication-lookup.js';
import type { OidcClients } from '../clients/oidc-client.js';
import { loginIdOf } from '../provider/login-of.js';
import { grantedTo, grantIdParts, newGrantId } from '../state/grant-adapter.js';

/**
 * Applications registered by an administrator are trusted: what they ask for and may have is granted without a page (`consent: implicit`).
 * A grant stands on one login: a later one in the same session makes a new grant.
 */
export class ImplicitGrants {
  constructor(
    private readonly clients: OidcClients,
    private readonly authentications: Pick<AuthenticationLookup, 'extend'>,
    private readonly clock: Clock,
    private readonly lifetimes: Settings['lifetimes'],
  ) {}

  /** Grants what the request asks for, in the session's name. */
  async record(ctx: KoaContextWithOIDC): Promise<void> {
    const { grant, session, client: registered, requestParamScopes } = ctx.oidc;
    const client = registered && this.clients.find(registered.clientId);
    const loginId = loginIdOf(session);
    if (!grant || !session || !client || loginId === undefined) return;
    if (grant.jti === undefined || grantIdParts(grant.jti)?.loginId !== loginId) {
      Object.assign(grant, grantedTo(client), { jti: newGrantId(loginId, client.clientId) });
      session.ensureClientContainer(client.clientId);
      session.grantIdFor(client.clientId, grant.jti);
    }
    // Twice as long as a refresh token may lie idle, so that refreshing seldom has to write.
    if (requestParamScopes.has('offline_access')) await this.keepLogin(loginId, 2 * this.lifetimes.refreshToken);
  }

  /** A refresh token that lives on needs a login that does. */
  async prolong(grant: Grant): Promise<void> {
    const loginId = grantIdParts(grant.jti)?.loginId;
    if (loginId !== undefined) await this.keepLogin(loginId, this.lifetimes.refreshToken);
  }

  private async keepLogin(loginId: string, seconds: number): Promise<void> {
    await this.authentications.extend(loginId, this.clock.now() + seconds * 1000);
  }
}
