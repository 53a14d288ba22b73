import type { Application } from '@foyer/applications';
import type { IdentityProvider } from '@foyer/identity-providers';
import type { Authentication } from './contract.js';

/** What login needs to know of an application. */
export type Opening = Pick<Application, 'name' | 'displayName' | 'enabled' | 'login' | 'theme'>;

/** What became of the things that an authentication stands on, since it was made. */
export interface Standing {
  /** The identity provider with the authentication's id, if it still exists. */
  readonly identityProvider?: Pick<IdentityProvider, 'id' | 'name' | 'enabled'>;
  /** Whether the account still exists and is enabled. Not asked when there is no account. */
  readonly userEnabled: boolean;
}

/**
 * Whether an earlier authentication (a session, a refresh token) may open an application now: the application allows that way of logging in,
 * the identity provider is the same one and enabled, and so is the account. Otherwise the person logs in again.
 */
export function mayOpen(application: Opening, authentication: Authentication, standing: Standing): boolean {
  if (!application.enabled || (authentication.account && !standing.userEnabled)) return false;
  const way = authentication.identityProvider;
  if (way === undefined) return application.login.local;
  const provider = standing.identityProvider;
  return (
    provider !== undefined && provider.id === way.id && provider.enabled && application.login.identityProviders.includes(provider.name)
  );
}

/** Whether the authentication is proven to be as recent as the application asks (`max_age`, `prompt=login`). @param since seconds */
export const isRecent = (authentication: Authentication, since: number): boolean =>
  authentication.authTimeProven && authentication.authTime >= since;
