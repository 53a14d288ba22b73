import type { MembershipGrants } from './users.js';

/** A role, or a group of the account's store. */
export interface Membership {
  readonly kind: 'role' | 'group';
  readonly name: string;
}

/** The source of what an administrator gave, and of a membership that nobody knows the source of. */
export const localSource = 'local';

const providerPrefix = 'idp:';

/** The source of what an identity provider gave. */
export const providerSource = (identityProviderId: string): string => `${providerPrefix}${identityProviderId}`;

/** The id of the identity provider that a source is; undefined when it is none. */
export const providerOfSource = (source: string): string | undefined =>
  source.startsWith(providerPrefix) ? source.slice(providerPrefix.length) : undefined;

/** Under what {@link MembershipGrants} keep a membership. */
export const membershipKey = ({ kind, name }: Membership): string => `${kind}:${name}`;

/** The memberships that grants are kept of, whether the account has them or not. */
export function grantedMemberships(grants: MembershipGrants): Membership[] {
  return Object.keys(grants).flatMap((key): Membership[] => {
    const kind = (['role', 'group'] as const).find((one) => key.startsWith(`${one}:`));
    return kind ? [{ kind, name: key.slice(kind.length + 1) }] : [];
  });
}

/** The grants without what is kept of some memberships: those that the account has count as local then. */
export function withoutGrants(grants: MembershipGrants, memberships: readonly Membership[]): MembershipGrants {
  const forgotten = new Set(memberships.map(membershipKey));
  return Object.fromEntries(Object.entries(grants).filter(([key]) => !forgotten.has(key)));
}

/** Who gave a membership that the account has. */
export function sourcesOf(grants: MembershipGrants, membership: Membership): readonly string[] {
  const key = membershipKey(membership);
  return (Object.hasOwn(grants, key) ? grants[key] : undefined) ?? [localSource];
}
