/**
 * protocols: speaks to applications: OpenID Connect by `oidc-provider`. Owns its addresses below `/oauth2`, the tokens, grants and sessions behind
 * them, and the keys that sign. It asks login who somebody is, and decides nothing about accounts.
 */
export { adminClientId, builtInApplications, consoleClientId } from './oidc/clients/built-in-clients.js';
export type { AuthenticationLookup } from './oidc/accounts/authentication-lookup.js';
export type { OidcClients } from './oidc/clients/oidc-client.js';
export { OidcLoginAnswerer } from './oidc/interactions/oidc-login-answerer.js';
export { SigningKeyRow, type SigningKeyState } from './oidc/keys/signing-key-row.js';
export { jwksCacheSeconds, SigningKeys, type SigningKeyInfo, type SigningKeySet } from './oidc/keys/signing-keys.js';
export { clientsOf, createProviderHost, type OidcDependencies } from './oidc/oidc-protocol.js';
export { oidcPageSamples } from './oidc/pages/samples.js';
export { ProviderHost } from './oidc/provider/provider-host.js';
export { oidcRequestHandler, resumeInPlace, type RequestHandler, type RequestLimit } from './oidc/provider/request-handler.js';
export { OidcBrowserSessions } from './oidc/sessions/oidc-browser-sessions.js';
export { durableOidcState } from './oidc/state/durable-state.js';
export { JwtAccessTokenVerifier } from './oidc/tokens/access-token-verifier.js';
export type { AdminScopes } from './oidc/resources/resource-servers.js';
