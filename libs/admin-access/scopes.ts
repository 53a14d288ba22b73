const writable = ['users', 'identity-providers', 'applications', 'user-stores', 'consent-purposes', 'consent-receipts', 'jobs'] as const;
const readable = [...writable, 'journal', 'logins'] as const;

/** What has a scope to read it and one to write it. */
export type WritableResource = (typeof writable)[number];

/** What a token may do at the admin API. `admin` covers everything, `x:write` covers `x:read`. */
export type AdminScope = 'admin' | `${(typeof readable)[number]}:read` | `${WritableResource}:write`;

export const adminScopes: readonly AdminScope[] = [
  'admin',
  ...readable.map((resource) => `${resource}:read` as const),
  ...writable.map((resource) => `${resource}:write` as const),
];

/** The admin API as a resource (RFC 8707): the only audience of access tokens that it accepts. */
export const adminApiOf = (publicUrl: string): string => `${publicUrl}/api/v1`;

/** Who may do everything, and the only role that may be the last of its kind. */
export const ownerRole = 'owner';
const scopeRolePrefix = 'foyer:';

export const isAdminScope = (scope: string): scope is AdminScope => adminScopes.some((known) => known === scope);

/** Whether what was granted covers a scope. */
export const covers = (granted: readonly string[], scope: string): boolean =>
  granted.includes('admin') || granted.includes(scope) || (scope.endsWith(':read') && granted.includes(scope.replace(/:read$/, ':write')));

/** The scopes that an account has by its roles: `owner` grants `admin`, and `foyer:users:read` grants `users:read`. */
export function scopesOfRoles(roles: readonly string[]): AdminScope[] {
  const scopes = roles.map((role) =>
    role === ownerRole ? 'admin' : role.startsWith(scopeRolePrefix) ? role.slice(scopeRolePrefix.length) : '',
  );
  return [...new Set(scopes)].filter(isAdminScope);
}

const plain = /^[\x20-\x7e]*$/;
const ignorable = /\p{Default_Ignorable_Code_Point}/gu;

/** A role's name without what some user stores ignore when they compare: case, width, characters that cannot be seen. */
export const comparableRole = (role: string): string =>
  plain.test(role) ? role.toLowerCase() : role.replace(ignorable, '').normalize('NFKC').toLowerCase();

/** Whether a role gives power over Foyer, or is called so much alike that a user store may take it for one that does. */
export function isPrivilegedRole(role: string): boolean {
  const name = comparableRole(role);
  return name === ownerRole || name.startsWith(scopeRolePrefix);
}

/** Whether a role is called like a privileged one without being it: whoever writes that means another, or wants to be mistaken. */
export const onlyLooksPrivileged = (role: string): boolean => isPrivilegedRole(role) && comparableRole(role) !== role;
