import type { Configuration } from 'oidc-provider';
import { oidcScopes, scopeClaims } from '../accounts/claim-names.js';
import { extraParameters } from '../interactions/extra-parameters.js';
import { startLogin } from '../interactions/start-login.js';
import { ReleaseChecks } from '../interactions/release-request.js';
import { policyFor } from '../interactions/policy.js';
import { signingAlgorithms } from '../keys/key-pair.js';
import type { OidcClient, OidcClients } from '../clients/oidc-client.js';
import type { SigningKeySet } from '../keys/signing-keys.js';
import { adapterFor } from './adapters.js';
import { allowsOrigin } from './cors.js';
import { cookieNames } from './cookies.js';
import { errors } from './oidc-provider.js';
import type { ProviderParts } from './parts.js';

const routes = {
  authorization: '/oauth2/authorize',
  token: '/oauth2/token',
  userinfo: '/oauth2/userinfo',
  jwks: '/oauth2/jwks',
  end_session: '/oauth2/logout',
  pushed_authorization_request: '/oauth2/par',
  revocation: '/oauth2/revoke',
  introspection: '/oauth2/introspect',
} as const;

/** `oidc-provider`'s configuration: what Foyer offers to applications, and how. */
export function configurationFor(parts: ProviderParts, keys: SigningKeySet): Configuration {
  const { accounts, clients, grants, pages, subjects } = parts;
  const releases = new ReleaseChecks(parts);
  return {
    adapter: adapterFor(parts),
    jwks: { keys: [...keys.keys] },
    routes,
    scopes: oidcScopes,
    claims: {
      openid: ['sub', 'auth_time', 'acr', 'amr', 'sid'],
      ...Object.fromEntries(Object.entries(scopeClaims).map(([scope, names]) => [scope, [...names]])),
    },
    responseTypes: ['code'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    enabledJWA: {
      idTokenSigningAlgValues: signingAlgorithms,
      clientAuthSigningAlgValues: ['RS256', 'PS256', 'ES256', 'Ed25519', 'EdDSA'],
    },
    pkce: { required: (_ctx, client) => client.clientAuthMethod === 'none' },
    allowOmittingSingleRegisteredRedirectUri: false,
    clientBasedCORS: allowsOrigin,
    extraParams: extraParameters,
    interactions: { policy: policyFor(parts, releases), url: startLogin(parts, releases) },
    findAccount: accounts.find,
    subjectTypes: ['public', 'pairwise'],
    pairwiseIdentifier: async (_ctx, subject, { clientId }) => subjects.of(subject, knownClient(clients, clientId)),
    // Who registers an application vouches for its sector: the address is never fetched.
    sectorIdentifierUriValidate: () => false,
    rotateRefreshToken: async ({ oidc }) => {
      if (oidc.grant) await grants.prolong(oidc.grant);
      return true;
    },
    // A token without its grant is worth nothing, so that revoking is revoking the grant.
    revokeGrantPolicy: () => true,
    renderError: (ctx, out, error) => pages.problem(ctx, out, error),
    cookies: cookiesFor(parts),
    ttl: lifetimesFor(parts),
    features: featuresFor(parts),
    fetch: (target, options) => parts.fetch(target instanceof Request ? target.url : target, options),
  };
}

/** A client that `oidc-provider` works for was found a moment ago. */
function knownClient(clients: OidcClients, clientId: string): OidcClient {
  const client = clients.find(clientId);
  if (!client) throw new errors.InvalidClient('the client was removed');
  return client;
}

function featuresFor({ resources, pages, signOut }: ProviderParts): Configuration['features'] {
  return {
    devInteractions: { enabled: false },
    dPoP: { enabled: false },
    clientCredentials: { enabled: true },
    claimsParameter: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    externalSigningSupport: { enabled: true, ack: 'experimental-01' },
    // A client sees its own tokens only: what others may do is not its business.
    introspection: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
    revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
    resourceIndicators: {
      enabled: true,
      defaultResource: (_ctx, client, oneOf) => resources.default(client, oneOf),
      // What the person was asked for is what the token is for, also when the token request does not repeat it (RFC 8707 §2.2).
      useGrantedResource: () => true,
      getResourceServerInfo: (ctx, resource, client) => resources.find(ctx, resource, client),
    },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx) => signOut.confirm(ctx),
      postLogoutSuccessSource: (ctx) => pages.signedOut(ctx),
    },
  };
}

/** Both values are unguessable handles that are looked up, so that a signature would add nothing to them. */
function cookiesFor({ settings }: ProviderParts): Configuration['cookies'] {
  const { session, resume } = cookieNames(settings);
  return {
    // Foyer needs no cookie for the interaction: under the same name, the one for resuming takes its place.
    names: { session, interaction: resume, resume },
    long: { httpOnly: true, sameSite: 'lax', path: '/' },
    short: { httpOnly: true, sameSite: 'lax', overwrite: true },
  };
}

function lifetimesFor({ settings, clock }: ProviderParts): Configuration['ttl'] {
  const { code, accessToken, idToken, refreshToken, session, login } = settings.lifetimes;
  return {
    AuthorizationCode: code,
    AccessToken: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? accessToken,
    ClientCredentials: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? accessToken,
    IdToken: idToken,
    RefreshToken: refreshToken,
    Grant: session,
    Interaction: login,
    // From the login on, however often it is used: `iat` is the time of the login.
    Session: (_ctx, { iat }) => (iat ? Math.max(1, iat + session - Math.floor(clock.now() / 1000)) : session),
  };
}
