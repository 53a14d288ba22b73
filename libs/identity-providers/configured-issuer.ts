import type { IdentityProviderSettings } from './settings.js';

/** By what name an identity provider has to call itself, whatever its protocol: who logs in there is known under it. */
export const configuredIssuer = ({ oidc }: Pick<IdentityProviderSettings, 'oidc'>): string => oidc.issuer;
