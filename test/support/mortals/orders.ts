import type { ConsentPurpose } from '@foyer/consent';
import type { ProvisionResult } from '@foyer/provisioning';
import type { Moments } from '../fuse.js';
import type { Login } from '../provisioning-site.js';

/** What a mortal process is to do, once. */
export interface Order {
  /** URLs of Foyer's database and of that of CORP: the same in every order to one process. */
  readonly databases: readonly [own: string, corp: string];
  /** What the identity provider asks consent for. */
  readonly purposes?: readonly ConsentPurpose[];
  /** A login at `acme`, with what was typed. */
  readonly login?: Login;
  /** Jobs of earlier logins: whatever their time, as jobs find the identity provider of this one. */
  readonly work?: Login;
  /** A receipt that its owner takes back. */
  readonly revoke?: string;
  /** Kills itself there: 1 is right after the first write. Never when absent. */
  readonly death?: { readonly after: number; readonly moments: Moments };
}

/** What became of an order that the process survived. */
export type Answer = { readonly result: ProvisionResult | 'revoked' | 'worked' } | { readonly error: string };
