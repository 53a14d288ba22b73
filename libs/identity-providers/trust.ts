import { isDeepStrictEqual } from 'node:util';
import { isPrivilegedRole, needsAdmin, type AdminCaller } from '@foyer/admin-access';
import { toPlain } from '@foyer/platform';
import { RoleSettingsDto } from './role-settings.dto.js';
import type { IdentityProviderSettings } from './settings.js';

type Trust = Readonly<Record<string, unknown>>;

/**
 * What decides whose word is trusted about whom, and who gains or loses power over Foyer at a login: by the field that says it.
 *
 * A privileged role comes from an exact mapping alone, so that `unmapped` and `default` need no more than the right to write. `revoke: all` and
 * `never` are here because they take privileged roles from people who have them.
 */
function trustIn({ protocol, oidc, claims, roles, jit }: IdentityProviderSettings): Trust {
  const privileged = roles.mappings.filter(({ local }) => local !== undefined && isPrivilegedRole(local));
  return toPlain({
    protocol,
    'oidc.issuer': oidc.issuer,
    'oidc.privateKey': oidc.privateKey,
    'claims.roles': privileged.length > 0 && claims.roles,
    'roles.mappings': privileged.map(({ remote, pattern, local }) => ({ remote, pattern, local })),
    'roles.revoke': roles.revoke === 'all',
    'roles.never': roles.never.filter(isPrivilegedRole),
    'jit.trustedDomains': jit.trustedDomains,
    'jit.linking': jit.linking,
  });
}

/** A new provider has an issuer in any case; what is said about roles, domains and linking is trust that it need not have. */
const withoutTrust = (settings: IdentityProviderSettings): IdentityProviderSettings => ({
  ...settings,
  roles: new RoleSettingsDto(),
  jit: { ...settings.jit, trustedDomains: [], linking: { existing: 'deny', match: [] } },
});

/**
 * Changes of trust are beyond what may be written with `identity-providers:write`.
 * @param before undefined for a new provider
 * @throws FoyerError `scope.missing`
 */
export function mayTrust(caller: AdminCaller, before: IdentityProviderSettings | undefined, after: IdentityProviderSettings): void {
  const [old, now] = [trustIn(before ?? withoutTrust(after)), trustIn(after)];
  const fields = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((field) => !isDeepStrictEqual(old[field], now[field]));
  if (fields.length > 0) needsAdmin(caller, fields.join(', '));
}
