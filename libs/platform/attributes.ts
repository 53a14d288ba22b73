/** The value of one attribute of a person: a scalar, a list of texts, or (for `address`) named parts. */
export type AttributeValue = string | number | boolean | readonly string[] | Readonly<Record<string, string>>;

/** Attributes by their local names: the SCIM core names (`givenName`, `email`, …) and any further `[A-Za-z][A-Za-z0-9_]*`. */
export type Attributes = Readonly<Record<string, AttributeValue>>;
