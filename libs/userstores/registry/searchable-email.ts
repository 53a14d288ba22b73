import type { Attributes } from '@foyer/platform';

const maxLength = 320;

/**
 * How e-mail addresses are compared, when an account is looked for that may be somebody's as much as in lists: without regard to the case of ASCII
 * letters, and else as they are. Beyond ASCII a capital or a composition may be another mailbox, and some letters would become plain ones (the Kelvin
 * sign a `k`): whoever has such an address is not who has the plain one.
 */
export const emailKey = (email: string): string => email.trim().replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/** The e-mail address by which a user is found in lists; undefined when there is none that could be searched. */
export function searchableEmail(attributes: Attributes): string | undefined {
  const { email } = attributes;
  const key = typeof email === 'string' ? emailKey(email) : '';
  return key === '' || key.length > maxLength ? undefined : key;
}
