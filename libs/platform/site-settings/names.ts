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
