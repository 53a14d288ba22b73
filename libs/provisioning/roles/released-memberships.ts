import type { ReleasedMemberships, RemoteRolesInput } from './membership-input.js';
import { isPrivileged, tooMany, wantedMemberships } from './wanted-memberships.js';

/**
 * What an application is told where no account is kept: the same mapping, without the policies of a store. A role that gives power over Foyer
 * is nothing without an account in Foyer, and not told, not even by an exact mapping.
 */
export function releasedMemberships(input: RemoteRolesInput): ReleasedMemberships {
  const wanted = wantedMemberships(input);
  if ('reason' in wanted) return { roles: [], groups: [], denial: wanted };
  const roles: string[] = [];
  const groups: string[] = [];
  for (const membership of wanted.granted.values()) {
    if (membership.kind === 'group') groups.push(membership.name);
    else if (!isPrivileged(membership, input)) roles.push(membership.name);
  }
  const denial = tooMany(roles.length + groups.length, input);
  return denial ? { roles: [], groups: [], denial } : { roles, groups };
}
