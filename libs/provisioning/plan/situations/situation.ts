import type { ConsentPurpose, CurrentReceipt } from '@foyer/consent';
import type { ClaimMapping } from '@foyer/federation';
import type { JitSettings, MatchAttribute, RoleSettings } from '@foyer/identity-providers';
import type { Attributes } from '@foyer/platform';
import type { MembershipGrants, UserStoreCapabilities, ValueOrigin } from '@foyer/userstores';
import type { LinkStatus } from '../../linking/account-link.js';
import type { Answers } from '../answers.js';
import type { PlanInput } from '../plan-input.js';
import type { ProvisioningPlan } from '../plan-steps.js';
import type { DenialReason } from '../reasons.js';
import type { OwnershipProof } from '../snapshot.js';

/**
 * A situation that `plan()` decides, as data: what differs from the plain one, in which JIT is on, `anna` logs in for the first time, her e-mail
 * address is mapped, and the store is empty and works. The cases are tested, and documentation is made from them.
 */
export interface Situation {
  readonly when: string;
  readonly jit?: Partial<JitSettings>;
  readonly userIdClaim?: string;
  readonly mappings?: readonly ClaimMapping[];
  readonly rolesClaim?: string;
  readonly roles?: Partial<RoleSettings>;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly subject?: string;
  readonly issuer?: string;
  /** The link that an earlier login left. */
  readonly link?: LinkStatus;
  readonly user?: {
    readonly status?: 'creating' | 'active';
    readonly enabled?: boolean;
    readonly locked?: boolean;
    readonly expiresAt?: number;
    readonly username?: string;
    readonly origins?: Readonly<Record<string, ValueOrigin>>;
    readonly grants?: MembershipGrants;
    readonly suspendedRoles?: readonly string[];
  };
  /** What the store holds for the user; `null`: nothing. */
  readonly account?: SituationAccount | null;
  /** PRIMARY; the domain CORP stands beside it, and works. */
  readonly store?: 'unknown' | 'disabled' | Partial<UserStoreCapabilities>;
  readonly usernameTaken?: boolean;
  /** Existing accounts that the matching rules find, in PRIMARY. */
  readonly matches?: readonly {
    readonly username: string;
    /** Default: `username`. */
    readonly by?: MatchAttribute;
    readonly origins?: Readonly<Record<string, ValueOrigin>>;
    readonly locked?: boolean;
    readonly account?: SituationAccount | null;
  }[];
  readonly ownership?: OwnershipProof;
  readonly purposes?: readonly ConsentPurpose[];
  readonly receipts?: readonly CurrentReceipt[];
  readonly answers?: Answers;
  readonly isLastOwner?: boolean;
  /** Whose decision it is: a login's by default. */
  readonly during?: PlanInput['during'];
  /** What earlier logins left to jobs: `open` waits, or it was given up. */
  readonly jobs?: 'open' | { readonly code: DenialReason; readonly passable: boolean };
  readonly failure?: { readonly code: DenialReason; readonly passable: boolean };
  readonly expect: {
    readonly outcome: ProvisioningPlan['outcome'];
    readonly code?: string;
    /** Types and reasons of steps that the plan has, among others: `createUser jit.firstLogin`. */
    readonly steps?: readonly string[];
  };
}

/** What a store holds of an account. */
export interface SituationAccount {
  readonly enabled?: boolean;
  readonly attributes?: Attributes;
  readonly roles?: readonly string[];
  readonly groups?: readonly string[];
}
