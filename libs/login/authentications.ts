import { Inject, Injectable } from '@nestjs/common';
import { SHORT_LIVED_STATE, type Attributes, type ShortLivedState, type StateWrite } from '@foyer/platform';
import { IdentityProviders } from '@foyer/identity-providers';
import type { Authentication } from './contract.js';
import type { IdentityProviderDirectory } from './directories.js';

/** The kind of authentications in the short-lived state. */
const kind = 'authentication';

/** The kinds of state of this lib that a cluster must not lose with its Redis: refresh tokens stand on authentications. */
export const durableLoginState: readonly string[] = [kind];

/** The group of everything that lives by a person's login: sessions, grants and tokens of protocols are in it, too. */
export const groupOfUser = (subject: string): string => `user:${subject}`;

/** The group of a person's authentications by one identity provider. */
const groupOfLink = (subject: string, identityProviderId: string): string => `link:${subject}:${identityProviderId}`;

/**
 * Who logged in, by the id of the login, for as long as a session or a refresh token of it lives. What is not found here any more was revoked,
 * or vouched for by an identity provider that was disabled or deleted, or has expired: nothing may be given on it.
 */
@Injectable()
export class Authentications {
  constructor(
    @Inject(SHORT_LIVED_STATE) private readonly state: ShortLivedState,
    @Inject(IdentityProviders) private readonly identityProviders: Pick<IdentityProviderDirectory, 'byId'>,
  ) {}

  /** @param expiresAt milliseconds since the epoch */
  async save(authentication: Authentication, expiresAt: number): Promise<void> {
    await this.state.put(kind, authentication.loginId, write(authentication, expiresAt));
  }

  async find(loginId: string): Promise<Authentication | undefined> {
    const entry = await this.state.get(kind, loginId);
    const authentication = entry && asAuthentication(entry.value);
    const by = authentication?.identityProvider;
    return by && !this.identityProviders.byId(by.id)?.enabled ? undefined : authentication;
  }

  /** Keeps it at least until then (milliseconds since the epoch), because a refresh token lives longer. False when it is gone. */
  async extend(loginId: string, expiresAt: number): Promise<boolean> {
    for (;;) {
      const entry = await this.state.get(kind, loginId);
      const authentication = entry && asAuthentication(entry.value);
      if (!authentication) return false;
      if (entry.expiresAt >= expiresAt) return true;
      if (await this.state.replace(kind, loginId, entry.version, write(authentication, expiresAt))) return true;
    }
  }

  /**
   * Notes what the person typed for an application that must have it (`Authentication.typed`), besides what is noted already.
   * @returns the authentication as it is now, or undefined when it is gone
   */
  async addTyped(loginId: string, applicationId: string, attributes: Attributes): Promise<Authentication | undefined> {
    for (;;) {
      const entry = await this.state.get(kind, loginId);
      const before = entry && asAuthentication(entry.value);
      if (!before) return undefined;
      const typed = { ...before.typed, [applicationId]: { ...before.typed?.[applicationId], ...attributes } };
      const noted = { ...before, typed };
      if (await this.state.replace(kind, loginId, entry.version, write(noted, entry.expiresAt))) return noted;
    }
  }

  /** Ends every session, grant and token of a person at once: the account was disabled, locked or deleted, or the person wants it. */
  async revokeUser(subject: string): Promise<void> {
    await this.state.removeGroup(groupOfUser(subject));
  }

  /** Ends what the person got by logging in at one identity provider: nothing is given any more on what came by it. */
  async revokeLink(subject: string, identityProviderId: string): Promise<void> {
    await this.state.removeGroup(groupOfLink(subject, identityProviderId));
  }
}

const write = (authentication: Authentication, expiresAt: number): StateWrite => ({
  value: authentication,
  expiresAt,
  groups: [groupOfUser(authentication.subject), ...linkOf(authentication)],
});

const linkOf = ({ subject, identityProvider }: Authentication): string[] =>
  identityProvider ? [groupOfLink(subject, identityProvider.id)] : [];

/**
 * The value of an entry of {@link kind}. Only this class writes them: undefined for what a version wrote that runs beside this one during an upgrade and
 * has another idea of it. Nothing is given on that here, and the person logs in again.
 */
const asAuthentication = (value: unknown): Authentication | undefined => (isAuthentication(value) ? value : undefined);

const isAuthentication = (value: unknown): value is Authentication =>
  typeof value === 'object' &&
  value !== null &&
  'loginId' in value &&
  typeof value.loginId === 'string' &&
  'subject' in value &&
  typeof value.subject === 'string' &&
  'authTime' in value &&
  typeof value.authTime === 'number';
