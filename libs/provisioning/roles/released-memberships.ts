import type { ReleasedMemberships, RemoteRolesInput } from './membership-input.js';
import { isPrivileged, tooMany, wantedMemberships } from './wanted-memberships.js';

/**
 * What an application is told where no account is kept: the same mapping, without the policies of a store. A role that gives power over Foyer
 * is nothing without an account in Foyer, and not told, not even by an exact mapping.
 */
export function releasedMemberships(input: RemoteRolesInput): ReleasedMemberships {
  const wanted = wantedMemberships(input);
  if ('reason' in wanted) return { roles: [], groups: [], denial: wanted };
  const released = [...wanted.granted.values()].filter((membership) => !isPrivileged(membership, input));
  const denial = tooMany(released.length, input);
  if (denial) return { roles: [], groups: [], denial };
  const names = (wantedKind: 'role' | 'group'): string[] => released.flatMap(({ kind, name }) => (kind === wantedKind ? [name] : []));
  return { roles: names('role'), groups: names('group') };
}
