import type { AdapterPayload } from 'oidc-provider';
import type { Authentication, Releases } from '@foyer/login';
import { pooledRandomBytes, type Clock } from '@foyer/platform';
import type { AuthenticationLookup } from '../accounts/authentication-lookup.js';
import { oidcScopes } from '../accounts/claim-names.js';
import type { OidcClient, OidcClients } from '../clients/oidc-client.js';
import { ModelAdapter } from './adapter.js';
import type { RevokedGrants } from './revoked-grants.js';

/** How long a grant that was just found counts, in seconds: longer than the request that found it. */
const foundFor = 3600;
const allOidcScopes = oidcScopes.join(' ');

/** The name under which a grant carries the result of its login. */
export const authenticationField = 'authentication';

/** What an application may have: consent is implicit, so that it follows from the application's settings at any moment. */
export const grantedTo = (client: OidcClient) => ({
  openid: { scope: allOidcScopes },
  resources: Object.fromEntries([...client.resources].map(([resource, scopes]) => [resource, scopes.join(' ')])),
});

/** A grant's id says whose login it stands on and for which client; the random part tells two of the same apart. */
export const newGrantId = (loginId: string, clientId: string): string =>
  [loginId, pooledRandomBytes(16).toString('base64url'), Buffer.from(clientId).toString('base64url')].join('.');

export function grantIdParts(grantId: string): { loginId: string; clientId: string } | undefined {
  const [loginId, random, clientId, excess] = grantId.split('.');
  if (!loginId || !random || !clientId || excess !== undefined) return undefined;
  return { loginId, clientId: Buffer.from(clientId, 'base64url').toString() };
}

/**
 * Grants are not stored: one is there as long as its login is (nobody disabled the account, unlinked it or ended everything), the person did not take
 * back what they agreed to if they were asked, and nobody revoked it. So logging in writes nothing for it, and revoking is the one thing that does.
 */
export class GrantAdapter extends ModelAdapter {
  constructor(
    private readonly authentications: Pick<AuthenticationLookup, 'find'>,
    private readonly clients: OidcClients,
    private readonly releases: Pick<Releases, 'agreed'>,
    private readonly revoked: RevokedGrants,
    private readonly clock: Clock,
  ) {
    super('Grant');
  }

  override async find(id: string): Promise<AdapterPayload | undefined> {
    const parts = grantIdParts(id);
    const client = parts && this.clients.find(parts.clientId);
    if (!client || (await this.revoked.has(id))) return undefined;
    const authentication = await this.authentications.find(parts.loginId);
    const agreed = authentication && (await this.releases.agreed(client.audience, authentication.subject));
    return agreed && this.payload(id, client, authentication);
  }

  override async destroy(id: string): Promise<void> {
    await this.revoked.add(id);
  }

  private payload(id: string, client: OidcClient, authentication: Authentication): AdapterPayload {
    const exp = Math.floor(this.clock.now() / 1000) + foundFor;
    const content = { jti: id, kind: 'Grant', exp, accountId: authentication.subject, clientId: client.clientId, ...grantedTo(client) };
    return Object.assign(content, { [authenticationField]: authentication });
  }
}
