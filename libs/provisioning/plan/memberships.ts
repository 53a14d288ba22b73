import { isPrivilegedRole } from '@foyer/admin-access';
import { findClaim } from '@foyer/federation';
import type { MembershipGrants } from '@foyer/userstores';
import type { MembershipDecision, Memberships, ReleasedMemberships, RemoteRolesInput } from '../roles/membership-input.js';
import { planMemberships } from '../roles/plan-memberships.js';
import { releasedMemberships } from '../roles/released-memberships.js';
import type { PlanInput } from './plan-input.js';
import type { StoreView } from './snapshot.js';

/** What the account has, and who gave it. */
interface Present extends Memberships {
  readonly grants: MembershipGrants;
}

const nothing: Present = { roles: [], groups: [], grants: {} };

/** What a login does to the roles and groups of an account. */
export function membershipsOf(input: PlanInput, store: StoreView, { grants, ...present }: Present = nothing): MembershipDecision {
  const { identityProvider, snapshot } = input;
  return planMemberships({
    ...remoteRoles(input),
    ...{ identityProviderId: identityProvider.id, present, grants, store, isLastOwner: snapshot.isLastOwner },
  });
}

/** What an application is told where no account is kept, or where it asks for the external identity. */
export const mappedMemberships = (input: PlanInput): ReleasedMemberships => releasedMemberships(remoteRoles(input));

function remoteRoles({ identity, identityProvider: { claims, roles } }: PlanInput): RemoteRolesInput {
  const claim = claims.roles === undefined ? {} : { claimName: claims.roles };
  const value = claims.roles === undefined ? undefined : findClaim(identity.claims, claims.roles);
  return { claim: value, ...claim, settings: roles, isPrivileged: isPrivilegedRole };
}
