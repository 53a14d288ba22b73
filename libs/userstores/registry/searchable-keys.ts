import type { AttributeValue } from '@foyer/platform';

/** Attributes besides username and e-mail by which a user is found when an account may exist already. */
export type SearchableKey = 'phoneNumber' | 'employeeNumber' | 'externalId';

const maxLength = 255;

/** As it was given out, so letters keep their case: a number or an id of another system is not Foyer's to interpret. */
const identifier = (text: string): string => text.trim().normalize('NFC');

/**
 * The digits, with the `+` of the international form (RFC 3966 §5.1.4): `+46 (8) 123-45` and `tel:+46812345` are one number. A text with anything
 * else in it, such as an extension, is none: without it the number would be somebody else's, too. `+46…`, `0046…` and `0…` are three numbers.
 */
function phoneNumber(text: string): string {
  const number = text.trim().replace(/^tel:/i, '');
  return /^\+?[\d\s().-]*\d[\d\s().-]*$/.test(number) ? number.replace(/[\s().-]/g, '') : '';
}

const normalized: Readonly<Record<SearchableKey, (text: string) => string>> = {
  phoneNumber,
  employeeNumber: identifier,
  externalId: identifier,
};

/** How a value is compared; undefined when nobody can be found by it. */
export function searchableKey(name: SearchableKey, value: AttributeValue | null | undefined): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  const key = typeof text === 'string' ? normalized[name](text) : '';
  return key === '' || key.length > maxLength ? undefined : key;
}

/**
 * What `RegistryChanges.keys` and `NewRegisteredUser.keys` have to be for attributes that are written: whoever writes attributes of a user passes
 * exactly those (`null` for one that is removed) and hands the result to the registry in the same transaction, as with `searchableEmail`.
 * Attributes that are not in `attributes` stay searchable as they are.
 */
export function searchableKeys(attributes: Readonly<Record<string, AttributeValue | null>>): Partial<Record<SearchableKey, string | null>> {
  const keys: Partial<Record<SearchableKey, string | null>> = {};
  for (const name of Object.keys(normalized) as SearchableKey[]) {
    if (Object.hasOwn(attributes, name)) keys[name] = searchableKey(name, attributes[name]) ?? null;
  }
  return keys;
}
