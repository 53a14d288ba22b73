/**
 * identity-providers: the external identity providers that Foyer trusts, with all their settings: storage, validation, the admin API for them.
 * It does not speak to them (federation) and decides nothing about accounts (provisioning).
 */
export type {
  ClaimSettings,
  IdentityProvider,
  IdentityProviderSettings,
  JitPrompt,
  JitSettings,
  LinkingSettings,
  MatchAttribute,
  MatchRule,
  RoleMapping,
  RoleSettings,
  StoreFromClaim,
  StoreFromUsername,
  UserStoreChoice,
} from './settings.js';
export { configuredIssuer } from './configured-issuer.js';
export { IdentityProviderDto } from './identity-provider.dto.js';
export { IdentityProviderRow } from './identity-provider.row.js';
export { IdentityProviders } from './identity-providers.js';
export { IdentityProvidersSection } from './identity-providers.section.js';
export { IdentityProvidersAdministrationModule, IdentityProvidersModule } from './identity-providers.module.js';
