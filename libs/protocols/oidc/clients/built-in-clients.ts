import { ACCOUNT_APPLICATION, accountCallbackPath } from '@foyer/login';
import type { Application, OidcClientSettings } from '@foyer/applications';

/** The client of scripts: exists only with `FOYER_ADMIN_CLIENT_SECRET`. */
export const adminClientId = 'foyer-admin';
/** The client of the console and of the API's documentation. */
export const consoleClientId = 'foyer-console';

/** The admin API as a resource: the audience of its access tokens. */
export const adminApiOf = (publicUrl: string): string => `${publicUrl}/api/v1`;

export interface BuiltInSettings {
  readonly publicUrl: string;
  readonly adminClientSecret: string | undefined;
  /** All scopes of the admin API. A person gets those that their roles grant (`ResourceServers`). */
  readonly adminScopes: readonly string[];
}

/** Foyer's own applications. They are not stored, and nobody can change them or take their names. */
export function builtInApplications({ publicUrl, adminClientSecret, adminScopes }: BuiltInSettings): Application[] {
  const resources = [{ uri: adminApiOf(publicUrl), scopes: adminScopes }];
  const console = application('Foyer Console', {
    clientId: consoleClientId,
    redirectUris: [`${publicUrl}/console/callback`, `${publicUrl}/api/docs/oauth2-redirect.html`],
    postLogoutRedirectUris: [`${publicUrl}/console`],
    grantTypes: ['authorization_code', 'refresh_token'],
    resources,
  });
  const account = application('Foyer', {
    clientId: ACCOUNT_APPLICATION,
    redirectUris: [`${publicUrl}${accountCallbackPath}`],
    grantTypes: ['authorization_code'],
  });
  if (adminClientSecret === undefined) return [console, account];
  const scripts = {
    clientAuthentication: 'client_secret_basic',
    clientSecret: adminClientSecret,
    grantTypes: ['client_credentials'],
  } as const;
  return [console, account, application('Foyer admin scripts', { clientId: adminClientId, ...scripts, resources })];
}

/** With the defaults of a public client, which people of the local user store may open. */
function application(displayName: string, oidc: Partial<OidcClientSettings> & { clientId: string }): Application {
  return {
    ...{ id: oidc.clientId, name: oidc.clientId, displayName, enabled: true, protocol: 'oidc', consent: 'implicit' },
    ...{ version: 1, createdAt: 0, updatedAt: 0 },
    login: { identityProviders: [], local: true },
    claims: { requested: [], idToken: [] },
    oidc: {
      ...{ clientAuthentication: 'none', redirectUris: [], postLogoutRedirectUris: [], grantTypes: [], resources: [] },
      ...{ idTokenAlg: 'RS256', requirePushedRequests: false },
      ...oidc,
    },
  };
}
