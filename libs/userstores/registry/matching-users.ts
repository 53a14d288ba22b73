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

/**
 * Who has a value, found by an index whatever else is asked; undefined when nobody can have it.
 * @throws TypeError for a username without a domain: usernames are unique in a store only
 */
export function matchingUsers(attribute: MatchableAttribute, value: string, domain: string | undefined): UserCondition | undefined {
  if (attribute === 'username') {
    if (domain === undefined) throw new TypeError('A username is looked for in a domain');
    return { sql: 'user_store = ? AND username_key = ?', parameters: [domain, usernameKey(value)] };
  }
  const found = attribute === 'email' ? byEmail(value) : byKey(attribute, value);
  if (!found || domain === undefined) return found;
  return { sql: `${found.sql} AND ${inDomain}`, parameters: [...found.parameters, domain] };
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
