import type { Attributes } from '@foyer/platform';

const maxLength = 320;

/** How e-mail addresses are compared when users are searched. */
export const emailKey = (email: string): string => email.trim().normalize('NFC').toLowerCase();

/** The e-mail address by which a user is found in lists; undefined when there is none that could be searched. */
export function searchableEmail(attributes: Attributes): string | undefined {
  const { email } = attributes;
  const key = typeof email === 'string' ? emailKey(email) : '';
  return key === '' || key.length > maxLength ? undefined : key;
}
