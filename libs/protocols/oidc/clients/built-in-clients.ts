import { ACCOUNT_APPLICATION, accountCallbackPath } from '@foyer/login';
import type { OidcClient } from './oidc-client.js';

/** The client of scripts: exists only with `FOYER_ADMIN_CLIENT_SECRET`. */
export const adminClientId = 'foyer-admin';
/** The client of the console and of the API's documentation. */
export const consoleClientId = 'foyer-console';

/** The admin API as a resource: the audience of its access tokens. */
export const adminApiOf = (publicUrl: string): string => `${publicUrl}/api/v1`;

interface BuiltInSettings {
  readonly publicUrl: string;
  readonly adminClientSecret: string | undefined;
  /** All scopes of the admin API. A person gets those that their roles grant ({@link ResourceServers}). */
  readonly adminScopes: readonly string[];
}

/** Foyer's own clients. */
export function builtInClients({ publicUrl, adminClientSecret, adminScopes }: BuiltInSettings): OidcClient[] {
  const api = adminApiOf(publicUrl);
  const none = { requestedClaims: [], idTokenClaims: [], resources: new Map<string, readonly string[]>() };
  const toApi = { ...none, resources: new Map([[api, adminScopes]]), defaultResource: api };
  const person = { token_endpoint_auth_method: 'none', response_types: ['code'], id_token_signed_response_alg: 'RS256' } as const;
  const console: OidcClient = {
    ...toApi,
    clientId: consoleClientId,
    application: consoleClientId,
    metadata: {
      ...person,
      client_id: consoleClientId,
      client_name: 'Foyer Console',
      redirect_uris: [`${publicUrl}/console/callback`, `${publicUrl}/api/docs/oauth2-redirect.html`],
      post_logout_redirect_uris: [`${publicUrl}/console`],
      grant_types: ['authorization_code', 'refresh_token'],
    },
  };
  const account: OidcClient = {
    ...none,
    clientId: ACCOUNT_APPLICATION,
    application: ACCOUNT_APPLICATION,
    metadata: {
      ...person,
      client_id: ACCOUNT_APPLICATION,
      client_name: 'Foyer',
      redirect_uris: [`${publicUrl}${accountCallbackPath}`],
      grant_types: ['authorization_code'],
    },
  };
  if (adminClientSecret === undefined) return [console, account];
  const admin: OidcClient = {
    ...toApi,
    clientId: adminClientId,
    application: adminClientId,
    metadata: {
      client_id: adminClientId,
      client_name: 'Foyer admin scripts',
      client_secret: adminClientSecret,
      token_endpoint_auth_method: 'client_secret_basic',
      redirect_uris: [],
      grant_types: ['client_credentials'],
      response_types: [],
    },
  };
  return [console, account, admin];
}
