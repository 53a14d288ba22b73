import { ownerRole } from '@foyer/admin-access';
import { grantedMemberships, membershipKey, providerSource, sourcesOf, type Membership } from '@foyer/userstores';
import type { LeaveMembership, RemoveMembership } from '../plan/plan-steps.js';
import { tooMuchToKeep } from './grants-after.js';
import type { MembershipDecision, MembershipInput, MembershipStep } from './membership-input.js';
import { summarize } from './summarize.js';
import { tooMany, wantedMemberships, type WantedMembership } from './wanted-memberships.js';

/**
 * What a login does to the roles and groups of an account: grants what the identity provider's settings make of its remote roles, and takes back
 * what they make no more. Pure; planned again on the result, it changes nothing.
 */
export function planMemberships(input: MembershipInput): MembershipDecision {
  const wanted = wantedMemberships(input);
  if ('reason' in wanted) return { steps: [], denial: wanted };
  const present = presentMemberships(input);
  const granted = new Map<string, WantedMembership>();
  const left = [...wanted.left];
  for (const [key, membership] of wanted.granted) {
    const obstacle = present.has(key) ? undefined : obstacleTo(membership, input);
    if (obstacle) left.push(obstacle);
    else granted.set(key, membership);
  }
  const assigned = [...granted.values()].flatMap((membership) => assign(membership, present, input));
  const revoked = revocable(input, present).flatMap((membership) =>
    granted.has(membershipKey(membership)) ? [] : revoke(membership, present, input),
  );
  const denial = tooMany(granted.size, input) ?? tooMuchToKeep(input, [...assigned, ...revoked]);
  return denial ? { steps: [], denial } : { steps: [...assigned, ...revoked, ...summarize(left)] };
}

type Present = ReadonlySet<string>;

const presentMemberships = ({ present }: MembershipInput): Present => new Set(listed(present).map(membershipKey));

const listed = ({ roles, groups }: MembershipInput['present']): Membership[] => [
  ...roles.map((name) => ({ kind: 'role', name }) as const),
  ...groups.map((name) => ({ kind: 'group', name }) as const),
];

/** Why the store cannot have a membership that the account has not. One that it has stays within policies that have become stricter since. */
function obstacleTo({ kind, name, remote }: WantedMembership, input: MembershipInput): LeaveMembership | undefined {
  const step = {
    ...{ type: kind === 'role' ? ('leaveRole' as const) : ('leaveGroup' as const), kind, name },
    ...(remote !== undefined && { remote }),
    ...(input.claimName !== undefined && { claim: input.claimName }),
  };
  if (!storeHas(kind, input)) return { ...step, reason: kind === 'role' ? 'store.noRoles' : 'store.noGroups' };
  const violation = kind === 'role' ? input.store.policies.rolename(name) : undefined;
  return violation && { ...step, reason: 'policy.rolename', policy: violation.policy };
}

const storeHas = (kind: Membership['kind'], { store: { capabilities } }: MembershipInput): boolean =>
  kind === 'role' ? capabilities.roles : capabilities.groups;

function assign(membership: WantedMembership, present: Present, input: MembershipInput): MembershipStep[] {
  const { kind, name, remote, reason } = membership;
  const isPresent = present.has(membershipKey(membership));
  if (isPresent && isGrantedHere(membership, input)) return [];
  const source = { ...(remote !== undefined && { remote }), ...(input.claimName !== undefined && { claim: input.claimName }) };
  return [{ type: kind === 'role' ? 'assignRole' : 'assignGroup', kind, name, ...source, present: isPresent, reason }];
}

/**
 * What can be taken back: what the account has, and what this provider granted and somebody took away in the store behind Foyer's back. Given
 * there again, it would otherwise still be this provider's to take.
 */
function revocable(input: MembershipInput, present: Present): Membership[] {
  const lost = grantedMemberships(input.grants).filter(
    (membership) => !present.has(membershipKey(membership)) && storeHas(membership.kind, input) && isGrantedHere(membership, input),
  );
  return [...listed(input.present), ...lost];
}

function revoke(membership: Membership, present: Present, input: MembershipInput): MembershipStep[] {
  const { kind, name } = membership;
  const { settings, claimName, identityProviderId } = input;
  if (settings.revoke === 'never') return [];
  // Without a claim that carries roles this provider says nothing about what others gave.
  const all = settings.revoke === 'all' && claimName !== undefined;
  const mine = isGrantedHere(membership, input);
  if (!mine && !all) return [];
  const own = providerSource(identityProviderId);
  const elsewhere = present.has(membershipKey(membership)) && sourcesOf(input.grants, membership).some((source) => source !== own);
  const stays = elsewhere && !all;
  if (!stays && input.isLastOwner && kind === 'role' && name === ownerRole)
    return [{ type: 'leaveRole', kind, name, reason: 'owner.last' }];
  const reason: RemoveMembership['reason'] = elsewhere && all ? 'role.revoked.all' : 'role.revoked';
  return [{ type: kind === 'role' ? 'removeRole' : 'removeGroup', kind, name, stays, reason }];
}

const isGrantedHere = (membership: Membership, { grants, identityProviderId }: MembershipInput): boolean =>
  sourcesOf(grants, membership).includes(providerSource(identityProviderId));
