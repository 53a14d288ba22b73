import { effectiveRoles } from '../effective-roles.js';
import { localSource, providerOfSource, sourcesOf, type Membership } from '../membership-grants.js';
import type { StoreAccount } from '../store.js';
import type { RegisteredUser, ValueOrigin } from '../users.js';
import type { AttributeOriginDto, OriginDto, UserOriginsDto } from './user-origins.dto.js';

type NameOf = (identityProviderId: string) => string | undefined;

/** Why a user has what they have. @param nameOf the name of an identity provider; undefined when it was deleted */
export function originsOf(user: RegisteredUser, account: StoreAccount, nameOf: NameOf): UserOriginsDto {
  const { origins, grants } = user;
  const { attributes } = account;
  const names = [...new Set([...Object.keys(attributes), ...Object.keys(origins)])].sort();
  const sources = (kind: Membership['kind']) => (name: string) =>
    [name, sourcesOf(grants, { kind, name }).map((source) => sourceOf(source, nameOf))] as const;
  return {
    attributes: Object.fromEntries(
      names.map((name) => [name, { value: attributes[name] ?? null, ...attributeOrigin(origins[name], nameOf) }]),
    ),
    roles: Object.fromEntries(effectiveRoles(user, account).map(sources('role'))),
    groups: Object.fromEntries(account.groups.map(sources('group'))),
  };
}

/** A value of which nobody knows the origin counts as local. */
function attributeOrigin(origin: ValueOrigin = { by: 'local' }, nameOf: NameOf): Omit<AttributeOriginDto, 'value'> {
  const { by, identityProviderId, verified, since } = origin;
  return {
    by,
    ...(identityProviderId !== undefined && { identityProvider: nameOf(identityProviderId) ?? identityProviderId }),
    ...(verified !== undefined && { verified }),
    ...(since !== undefined && { since: new Date(since).toISOString() }),
  };
}

function sourceOf(source: string, nameOf: NameOf): OriginDto {
  const id = providerOfSource(source);
  if (id !== undefined) return { by: 'idp', identityProvider: nameOf(id) ?? id };
  return { by: source === localSource ? 'local' : 'scim' };
}
