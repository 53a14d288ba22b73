import { usernameKey } from '../username/username.js';
import type { MatchableAttribute } from '../contract.js';
import { emailKey } from './searchable-email.js';
import { searchableKey } from './searchable-keys.js';

/** A condition on the table `users`. */
export interface UserCondition {
  readonly sql: string;
  readonly parameters: readonly string[];
}

/** Compared after the rows are found: with an index on the store SQLite would read all users of it. */
const inDomain = "COALESCE(user_store, '') = ?";

/** Whoever types somebody else's number or address about themselves would otherwise be found in their place. */
const notTyped = 'origins NOT LIKE ?';

/** The origins are one text, written by `encodeJson` of `ValueOrigin`, which begins with `by`. */
const typedBySelf = (attribute: string): string => `%"${attribute}":{"by":"self"%`;

/**
 * Who has a value that its person did not type, found by an index whatever else is asked; undefined when nobody can have it.
 * @throws TypeError for a username without a domain: usernames are unique in a store only
 */
export function matchingUsers(attribute: MatchableAttribute, value: string, domain: string | undefined): UserCondition | undefined {
  if (attribute === 'username') {
    if (domain === undefined) throw new TypeError('A username is looked for in a domain');
    return { sql: 'user_store = ? AND username_key = ?', parameters: [domain, usernameKey(value)] };
  }
  const found = attribute === 'email' ? byEmail(value) : byKey(attribute, value);
  if (!found) return undefined;
  const told = { sql: `${found.sql} AND ${notTyped}`, parameters: [...found.parameters, typedBySelf(attribute)] };
  return domain === undefined ? told : { sql: `${told.sql} AND ${inDomain}`, parameters: [...told.parameters, domain] };
}

function byEmail(value: string): UserCondition | undefined {
  const key = emailKey(value);
  return key === '' ? undefined : { sql: 'email = ?', parameters: [key] };
}

function byKey(attribute: Exclude<MatchableAttribute, 'username' | 'email'>, value: string): UserCondition | undefined {
  const key = searchableKey(attribute, value);
  if (key === undefined) return undefined;
  return { sql: 'id IN (SELECT user_id FROM user_keys WHERE value = ? AND name = ?)', parameters: [key, attribute] };
}
