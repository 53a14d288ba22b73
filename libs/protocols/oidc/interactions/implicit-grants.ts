import type { Grant, KoaContextWithOIDC } from 'oidc-provider';
import type { Settings } from '@foyer/platform';
import type { AuthenticationLookup } from '../accounts/accounts.js';
import { oidcScopes } from '../accounts/claim-names.js';
import type { OidcClient, OidcClients } from '../clients/oidc-client.js';
import { loginIdOf, setLoginId } from '../provider/login-of.js';

const allOidcScopes = oidcScopes.join(' ');

/**
 * Applications registered by an administrator are trusted: what they ask for and may have is granted without a page (`consent: implicit`).
 * The grant remembers which login it goes back to, and ends with the session, a revocation or a disabled account.
 */
export class ImplicitGrants {
  private readonly lifetime: number;

  constructor(
    private readonly clients: OidcClients,
    private readonly authentications: AuthenticationLookup,
    lifetimes: Settings['lifetimes'],
  ) {
    // Longer than anything that hangs on it, so that it is rarely written again.
    this.lifetime = 2 * Math.max(lifetimes.refreshToken, lifetimes.session);
  }

  /** Makes the grant of this request say what the application may have, and writes it when that is new. */
  async record(ctx: KoaContextWithOIDC): Promise<void> {
    const { grant, session, client: registered, requestParamScopes } = ctx.oidc;
    const client = registered && this.clients.find(registered.clientId);
    const loginId = loginIdOf(session);
    if (!grant || !session || !client || loginId === undefined) return;
    const isNew = grant.jti === undefined || loginIdOf(grant) !== loginId;
    setLoginId(grant, loginId);
    const changed = allow(grant, client);
    if (isNew || changed || this.isShort(grant)) await this.keep(grant);
    if (requestParamScopes.has('offline_access')) await this.keepLogin(grant);
    session.ensureClientContainer(client.clientId);
    session.grantIdFor(client.clientId, grant.jti);
  }

  /** A refresh token that lives on needs a grant and a login that do. */
  async prolong(grant: Grant): Promise<void> {
    if (!this.isShort(grant)) return;
    await this.keep(grant);
    await this.keepLogin(grant);
  }

  private isShort(grant: Grant): boolean {
    return grant.exp !== undefined && grant.remainingTTL < this.lifetime / 2;
  }

  private async keep(grant: Grant): Promise<void> {
    grant.exp = Math.floor(Date.now() / 1000) + this.lifetime;
    await grant.save();
  }

  private async keepLogin(grant: Grant): Promise<void> {
    const loginId = loginIdOf(grant);
    if (loginId !== undefined && grant.exp !== undefined) await this.authentications.extend(loginId, grant.exp * 1000);
  }
}

/** Returns whether the grant had to be changed. */
function allow(grant: Grant, client: OidcClient): boolean {
  const resources = Object.fromEntries([...client.resources].map(([resource, scopes]) => [resource, scopes.join(' ')]));
  const same = grant.openid?.scope === allOidcScopes && JSON.stringify(grant.resources ?? {}) === JSON.stringify(resources);
  grant.openid = { scope: allOidcScopes };
  grant.resources = resources;
  return !same;
}
