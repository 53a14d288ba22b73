import { ownerRole } from '@foyer/admin-access';
import { grantedMemberships, membershipKey, providerSource, sourcesOf, type Membership } from '@foyer/userstores';
import { tooMuchToKeep } from './grants-after.js';
import type { LeftOut, LeftOutBecause } from './left-out.js';
import type { MembershipDecision, MembershipInput, MembershipStep } from './membership-input.js';
import { tooMany, wantedMemberships, type WantedMembership } from './wanted-memberships.js';

/** What the account has, by `membershipKey`. */
type Present = ReadonlyMap<string, Membership>;

/**
 * What a login does to the roles and groups of an account: grants what the identity provider's settings make of its remote roles, and takes back
 * what they make no more. Pure; planned again on the result, it changes nothing.
 */
export function planMemberships(input: MembershipInput): MembershipDecision {
  const wanted = wantedMemberships(input);
  if ('reason' in wanted) return { steps: [], denial: wanted };
  const { left } = wanted;
  const present = presentMemberships(input);
  const granted = new Map<string, WantedMembership>();
  for (const [key, membership] of wanted.granted) {
    const obstacle = present.has(key) ? undefined : obstacleTo(membership, input);
    if (obstacle) left.add(membership, obstacle);
    else granted.set(key, membership);
  }
  const changes = [...assign(granted, present, input), ...revoke(granted, present, input, left)];
  const denial = tooMany(granted.size, input) ?? tooMuchToKeep(input, changes);
  return denial ? { steps: [], denial } : { steps: [...changes, ...left.steps()] };
}

function presentMemberships({ present: { roles, groups } }: MembershipInput): Present {
  const all = new Map<string, Membership>();
  for (const name of roles) all.set(membershipKey({ kind: 'role', name }), { kind: 'role', name });
  for (const name of groups) all.set(membershipKey({ kind: 'group', name }), { kind: 'group', name });
  return all;
}

/** Why the store cannot have a membership that the account has not. One that it has stays within policies that have become stricter since. */
function obstacleTo({ kind, name, remote }: WantedMembership, input: MembershipInput): LeftOutBecause | undefined {
  const source = (): Pick<LeftOutBecause, 'remote'> => (remote === undefined ? {} : { remote });
  if (!storeHas(kind, input)) return { ...source(), reason: kind === 'role' ? 'store.noRoles' : 'store.noGroups' };
  const violation = kind === 'role' ? input.store.policies.rolename(name) : undefined;
  return violation && { ...source(), reason: 'policy.rolename', policy: violation.policy };
}

const storeHas = (kind: Membership['kind'], { store: { capabilities } }: MembershipInput): boolean =>
  kind === 'role' ? capabilities.roles : capabilities.groups;

function assign(granted: ReadonlyMap<string, WantedMembership>, present: Present, input: MembershipInput): MembershipStep[] {
  const claim = input.claimName === undefined ? {} : { claim: input.claimName };
  const steps: MembershipStep[] = [];
  for (const [key, membership] of granted) {
    const isPresent = present.has(key);
    if (isPresent && isGrantedHere(membership, input)) continue;
    steps.push({ type: membership.kind === 'role' ? 'assignRole' : 'assignGroup', ...membership, ...claim, present: isPresent });
  }
  return steps;
}

function revoke(granted: ReadonlyMap<string, unknown>, present: Present, input: MembershipInput, left: LeftOut): MembershipStep[] {
  const { settings, claimName, identityProviderId } = input;
  if (settings.revoke === 'never') return [];
  // Without a claim that carries roles this provider says nothing about what others gave.
  const all = settings.revoke === 'all' && claimName !== undefined;
  const own = providerSource(identityProviderId);
  const steps: MembershipStep[] = [];
  for (const membership of revocable(input, present)) {
    const { kind, name } = membership;
    const key = membershipKey(membership);
    if (granted.has(key) || !(all || isGrantedHere(membership, input))) continue;
    const elsewhere = present.has(key) && sourcesOf(input.grants, membership).some((source) => source !== own);
    const stays = elsewhere && !all;
    if (!stays && input.isLastOwner && kind === 'role' && name === ownerRole) left.add(membership, { reason: 'owner.last' });
    else {
      const reason = elsewhere && all ? 'role.revoked.all' : 'role.revoked';
      steps.push({ type: kind === 'role' ? 'removeRole' : 'removeGroup', kind, name, stays, reason });
    }
  }
  return steps;
}

/**
 * What can be taken back: what the account has, and what this provider granted and somebody took away in the store behind Foyer's back. Given
 * there again, it would otherwise still be this provider's to take.
 */
function revocable(input: MembershipInput, present: Present): Membership[] {
  const lost = grantedMemberships(input.grants).filter(
    (membership) => !present.has(membershipKey(membership)) && storeHas(membership.kind, input) && isGrantedHere(membership, input),
  );
  return [...present.values(), ...lost];
}

const isGrantedHere = (membership: Membership, { grants, identityProviderId }: MembershipInput): boolean =>
  sourcesOf(grants, membership).includes(providerSource(identityProviderId));
