/**
 * federation: speaks to external identity providers. Owns the connector contract, the registry of connectors, the settings schema of each, and
 * the mapping from external claims to local attributes. It keeps no state of a login, knows no account, and never sees the browser's request.
 */
export type {
  BeginInput,
  BeginResult,
  CompleteInput,
  Connector,
  ConnectorTarget,
  Evidence,
  ExternalIdentity,
  ForwardedRequest,
} from './connector.js';
export type { ClaimMapping } from './claims/claim-mapping.js';
export { ClaimMappingDto } from './claims/claim-mapping.dto.js';
export { isWellFormed } from './claims/attribute-value.js';
export { isLoginContext, loginContext, mappableClaims, type LoginContext } from './claims/login-context.js';
export { findClaim, mapClaims, type ClaimFault, type Claims, type MappedAttribute, type MappedClaims } from './claims/map-claims.js';
export type { OidcProviderSettings } from './connectors/oidc/settings.js';
export { Connectors, type ConnectorRegistry, type FederationProtocol, type FederationTarget, type ProtocolSettings } from './registry.js';
export { FederationModule } from './federation.module.js';
export { OidcProviderSettingsDto, oidcProviderSecrets } from './connectors/oidc/settings.dto.js';
