import type { Attributes } from '@foyer/platform';

const maxLength = 320;

/** The e-mail address by which a user is found in lists: lower case; undefined when there is none that could be searched. */
export function searchableEmail(attributes: Attributes): string | undefined {
  const { email } = attributes;
  if (typeof email !== 'string') return undefined;
  const key = email.trim().normalize('NFC').toLowerCase();
  return key === '' || key.length > maxLength ? undefined : key;
}
