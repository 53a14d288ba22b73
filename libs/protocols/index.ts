/**
 * protocols: speaks to applications: OpenID Connect by `oidc-provider`. Owns its addresses below `/oauth2`, the tokens, grants and sessions behind
 * them, and the keys that sign. It asks login who somebody is, and decides nothing about accounts.
 */
export { SigningKeyRow } from './oidc/keys/signing-key-row.js';
export { SigningKeys, type SigningKeyInfo, type SigningKeySet } from './oidc/keys/signing-keys.js';
