import type { RoleSettings } from '@foyer/identity-providers';
import type { MembershipGrants } from '@foyer/userstores';
import type { AssignMembership, Denial, LeaveMembership, RemoveMembership } from '../plan/plan-steps.js';
import type { StoreView } from '../plan/snapshot.js';

export type MembershipStep = AssignMembership | RemoveMembership | LeaveMembership;

/** What an account has, or an application is told. */
export interface Memberships {
  readonly roles: readonly string[];
  readonly groups: readonly string[];
}

/** What the identity provider says, and what its settings make of it. */
export interface RemoteRolesInput {
  /** The value of the claim that carries roles. */
  readonly claim: unknown;
  /** The name of that claim (`claims.roles`); absent: no remote roles are read, and only default roles are granted. */
  readonly claimName?: string;
  readonly settings: RoleSettings;
  /** Whether a role gives power over Foyer, or looks as if it did: the former is granted by an exact mapping only, the latter never. */
  readonly isPrivileged: (role: string) => boolean;
}

/** Everything that the memberships of an account are decided on. */
export interface MembershipInput extends RemoteRolesInput {
  readonly identityProviderId: string;
  /** What the account has now; nothing for a new one. */
  readonly present: Memberships;
  readonly grants: MembershipGrants;
  readonly store: Pick<StoreView, 'capabilities' | 'policies' | 'domain'>;
  /** The account is the last enabled owner in PRIMARY. */
  readonly isLastOwner: boolean;
}

/** Steps that change nothing (`leaveRole`, `leaveGroup`) only explain. With a denial there are none. */
export interface MembershipDecision {
  readonly steps: readonly MembershipStep[];
  readonly denial?: Denial;
}

export interface ReleasedMemberships extends Memberships {
  readonly denial?: Denial;
}
