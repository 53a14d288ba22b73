import type { Authentication } from '@foyer/login';

/** The results of logins: `Authentications` of login. */
export interface AuthenticationLookup {
  /** undefined: it was revoked, or it has expired. */
  find(loginId: string): Promise<Authentication | undefined>;
  /** Keeps it at least until then (milliseconds since the epoch). */
  extend(loginId: string, expiresAt: number): Promise<boolean>;
}
