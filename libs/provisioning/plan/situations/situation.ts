import type { ClaimMapping } from '@foyer/federation';
import type { JitSettings } from '@foyer/identity-providers';
import type { Attributes } from '@foyer/platform';
import type { UserStoreCapabilities, ValueOrigin } from '@foyer/userstores';
import type { LinkStatus } from '../../linking/account-link.js';
import type { ProvisioningPlan } from '../plan-steps.js';

/**
 * A situation that `plan()` decides, as data: what differs from the plain one, in which JIT is on, `anna` logs in for the first time, her e-mail
 * address is mapped, and the store is empty and works. The cases are tested, and documentation is made from them.
 */
export interface Situation {
  readonly when: string;
  readonly jit?: Partial<JitSettings>;
  readonly userIdClaim?: string;
  readonly mappings?: readonly ClaimMapping[];
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly subject?: string;
  readonly issuer?: string;
  /** The link that an earlier login left. */
  readonly link?: LinkStatus;
  readonly user?: {
    readonly status?: 'creating' | 'active';
    readonly enabled?: boolean;
    readonly username?: string;
    readonly origins?: Readonly<Record<string, ValueOrigin>>;
  };
  /** What the store holds for the user; `null`: nothing. */
  readonly account?: { readonly enabled?: boolean; readonly attributes?: Attributes } | null;
  readonly store?: 'unknown' | 'disabled' | Partial<UserStoreCapabilities>;
  readonly usernameTaken?: boolean;
  readonly failure?: { readonly code: string; readonly passable: boolean };
  readonly expect: {
    readonly outcome: ProvisioningPlan['outcome'];
    readonly code?: string;
    /** Types and reasons of steps that the plan has, among others: `createUser jit.firstLogin`. */
    readonly steps?: readonly string[];
  };
}
