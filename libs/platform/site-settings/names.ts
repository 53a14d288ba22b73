/** Names of settings objects: they stand in addresses. */
export const objectName = {
  pattern: /^[a-z0-9][a-z0-9._-]{0,62}$/,
  patternMessage: 'must have 1 to 63 of a-z, 0-9, ".", "_" and "-", and begin with a letter or digit',
} as const;

/** Names and client ids that begin like this are Foyer's own. */
export const isReservedName = (value: unknown): boolean => typeof value === 'string' && value.toLowerCase().startsWith('foyer-');

/** A local attribute of a person: a SCIM core name or any further one. */
export const attributeName = {
  pattern: /^[A-Za-z][A-Za-z0-9_]*$/,
  patternMessage: 'must be the name of an attribute: letters, digits and "_", beginning with a letter',
} as const;

/**
 * Claims of these names mean something else than an attribute: those of the protocols (RFC 7519 §4.1, RFC 9068 §2.2, OpenID Connect Core §2), what
 * only Foyer may vouch for, and what an account has besides attributes.
 */
const otherMeanings = new Set([
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'nonce', 'azp', 'auth_time', 'acr', 'amr', 'sid', 'at_hash', 'c_hash', 's_hash'],
  ...['client_id', 'scope', 'cnf', 'act', 'may_act', 'events', '_claim_names', '_claim_sources'],
  ...['idp', 'external_sub', 'email_verified', 'id', 'username', 'password', 'roles', 'groups'],
]);

/** Whether an attribute cannot have this name, because something else has it. */
export const isReservedAttribute = (name: string): boolean => otherMeanings.has(name) || name in Object.prototype;
