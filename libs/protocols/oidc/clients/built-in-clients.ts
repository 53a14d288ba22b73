import { adminApiOf } from '@foyer/admin-access';
import { ACCOUNT_APPLICATION, accountCallbackPath, CONSOLE_APPLICATION } from '@foyer/login';
import type { Application, OidcClientSettings } from '@foyer/applications';
import type { Settings } from '@foyer/platform';

/** The client of the console and of the API's documentation. */
export const consoleClientId = CONSOLE_APPLICATION;
/** The client of scripts: exists only with `FOYER_ADMIN_CLIENT_SECRET`. */
export const adminClientId = 'foyer-admin';

/**
 * Foyer's own applications. They are not stored, and nobody can change them or take their names. What a person may do at the admin API is decided
 * by their roles, besides the scopes here (`ResourceServers`).
 */
export function builtInApplications(
  settings: Pick<Settings, 'publicUrl' | 'adminClientSecret'>,
  adminScopes: readonly string[],
): Application[] {
  const { publicUrl, adminClientSecret } = settings;
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
    ...{ id: oidc.clientId, name: oidc.clientId, displayName, enabled: true, protocol: 'oidc' },
    ...{ consent: 'implicit', assertIdentity: 'local', version: 1, createdAt: 0, updatedAt: 0 },
    login: { identityProviders: [], local: true },
    claims: { requested: [], mandatory: [], idToken: [] },
    oidc: {
      ...{ clientAuthentication: 'none', redirectUris: [], postLogoutRedirectUris: [], grantTypes: [], resources: [] },
      ...{ subjectType: 'public', idTokenAlg: 'RS256', requirePushedRequests: false },
      ...oidc,
    },
  };
}
