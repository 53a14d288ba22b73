import type { PolicySettings } from '../policies/policy-settings.js';

/** The settings of a user store, in the shape of the YAML file and the admin API, defaults filled in. */
export interface UserStoreSettings {
  /** Upper case; unique; never changes. */
  readonly domain: string;
  readonly type: 'sql';
  readonly enabled: boolean;
  readonly readOnly: boolean;
  /** Whether an account needs a password; else people who come from an identity provider have none. */
  readonly passwordRequired: boolean;
  /** Another database than Foyer's own. */
  readonly sql?: SqlStoreSettings;
  readonly policy: PolicySettings;
}

export interface SqlStoreSettings {
  /** `sqlite:PATH` or `mysql://user@host:port/database`, without the password. */
  readonly url: string;
  readonly password?: string;
  /** Within which every call ends. */
  readonly timeoutMs: number;
}

/** The store that always exists, holds Foyer's administrators, and is meant where no domain is named. */
export const primaryDomain = 'PRIMARY';

export const domainKey = (domain: string): string => domain.toUpperCase();
