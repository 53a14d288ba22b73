import { FoyerError } from '@foyer/platform';
import { foldCase } from './case-folding.js';

/** The rules for usernames, the same for every store: what one may look like, when two are the same, and how `DOMAIN/name` is read. */

/** In characters, also of the comparison key. */
export const maxUsernameLength = 255;

const plain = /^[\x21-\x2e\x30-\x7e]+$/;
/** Control, format, private use, surrogates, unassigned; what is drawn as nothing; line breaks; and the blank Braille pattern. */
const invisible = /[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\u2800]/u;
const outerSpace = /^[\p{White_Space}]|[\p{White_Space}]$/u;

/** The key by which usernames of a store are compared: NFKC, then full case folding, then NFKC again. */
export function usernameKey(username: string): string {
  if (plain.test(username)) return username.toLowerCase();
  return foldCase(username.normalize('NFKC')).normalize('NFKC');
}

/** Why a text is no username, as a sentence that does not repeat it; undefined when it is one. */
export function usernameProblem(username: string): string | undefined {
  if (username === '') return 'A username must not be empty.';
  if (username.length > maxUsernameLength) return `A username has at most ${maxUsernameLength} characters.`;
  if (plain.test(username)) return undefined;
  const compatible = username.normalize('NFKC');
  if (invisible.test(username) || invisible.test(compatible)) return 'A username must not contain control characters or invisible ones.';
  if (outerSpace.test(username) || outerSpace.test(compatible)) return 'A username must not begin or end with a space.';
  if (compatible.includes('/')) return 'A username must not contain a "/", which separates the domain from the name.';
  if (usernameKey(username).length > maxUsernameLength)
    return `A username has at most ${maxUsernameLength} characters once it is normalized.`;
  return undefined;
}

/** @throws FoyerError `username.malformed` */
export function assertUsername(username: string): void {
  const problem = usernameProblem(username);
  if (problem !== undefined) throw malformed(problem);
}

export interface QualifiedUsername {
  /** As written; domains ignore case. Absent when there was no `/`. */
  readonly domain?: string;
  readonly username: string;
}

/**
 * Reads `name` or `DOMAIN/name`, split at the first `/`.
 * @throws FoyerError `username.malformed` when there is a second `/`, a part is empty, or the name is no username
 */
export function splitUsername(qualified: string): QualifiedUsername {
  const slash = qualified.indexOf('/');
  const domain = slash < 0 ? undefined : qualified.slice(0, slash);
  const username = qualified.slice(slash + 1);
  if (domain === '') throw malformed('The domain before the "/" must not be empty.');
  assertUsername(username);
  return domain === undefined ? { username } : { domain, username };
}

const malformed = (message: string): FoyerError => new FoyerError('invalid', 'username.malformed', message);
