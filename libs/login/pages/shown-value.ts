import type { AttributeValue } from '@foyer/platform';

/** The value of an attribute as a person reads it. */
export function shownValue(value: AttributeValue): string {
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'object' ? Object.values(value).join(', ') : String(value);
}
