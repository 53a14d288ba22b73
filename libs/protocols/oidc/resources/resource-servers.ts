import type { Client, KoaContextWithOIDC, ResourceServer } from 'oidc-provider';
import { adminApiOf, covers } from '@foyer/admin-access';
import type { Settings } from '@foyer/platform';
import { personOf } from '../accounts/accounts.js';
import { adminClientId, consoleClientId } from '../clients/built-in-clients.js';
import type { OidcClients } from '../clients/oidc-client.js';
import { errors } from '../provider/oidc-provider.js';

/** What the roles of a person allow at the admin API. */
export interface AdminScopes {
  /** All scopes that the API knows. */
  readonly all: readonly string[];
  ofRoles(roles: readonly string[]): readonly string[];
}

/** The APIs that access tokens are for (RFC 8707), and what a token may do there. Their access tokens are JWTs (RFC 9068). */
export class ResourceServers {
  private readonly adminApi: string;

  constructor(
    private readonly clients: OidcClients,
    private readonly adminScopes: AdminScopes,
    private readonly settings: Pick<Settings, 'publicUrl' | 'lifetimes'>,
  ) {
    this.adminApi = adminApiOf(settings.publicUrl);
  }

  /** What a request without `resource` is for; of several that were granted, none is better than another. */
  default(client: Client, oneOf?: readonly string[]): string | string[] | undefined {
    if (oneOf) return [...oneOf];
    return [adminClientId, consoleClientId].includes(client.clientId) ? this.adminApi : undefined;
  }

  async find(ctx: KoaContextWithOIDC, resource: string, client: Client): Promise<ResourceServer> {
    const scopes = this.clients.find(client.clientId)?.resources.get(resource);
    if (!scopes) throw new errors.InvalidTarget();
    const allowed = resource === this.adminApi ? await this.allowedToPerson(ctx, scopes) : scopes;
    return {
      scope: allowed.join(' '),
      audience: resource,
      accessTokenFormat: 'jwt',
      accessTokenTTL: this.settings.lifetimes.accessToken,
      jwt: { sign: { alg: 'RS256' } },
    };
  }

  /**
   * When tokens are issued the person is known, and their roles are asked each time: a role that was lost takes its scopes along at the next
   * refresh. Before that, and for a client that acts for itself, the client's scopes count.
   */
  private async allowedToPerson(ctx: KoaContextWithOIDC, scopes: readonly string[]): Promise<readonly string[]> {
    const person = personOf(ctx.oidc.account);
    if (!person) return scopes;
    const held = this.adminScopes.ofRoles(await person.roles());
    return scopes.filter((scope) => covers(held, scope));
  }
}
