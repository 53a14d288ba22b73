import type { ReleaseAnswer } from '../step.js';
import { texts } from './form-values.js';

/** The name of the field, and of the element, in which an attribute is typed. */
export const attributeField = (attribute: string): string => `attribute.${attribute}`;

/** What the page says of the claims that it shows: names, which have no spaces. */
export const shownText = (claims: readonly string[]): string => claims.join(' ');

/** Reads the form of the page `release`. @throws LoginRefused `login.badRequest` */
export function sentRelease(body: unknown): ReleaseAnswer & { readonly csrf: string } {
  const fields = Object.entries(Object(body) as Record<string, unknown>);
  const prefix = attributeField('');
  const typed = fields.filter(([name]) => name.startsWith(prefix)).map(([name, value]) => [name.slice(prefix.length), value] as const);
  const { csrf = '', shown = '', decision, keep } = texts(Object.fromEntries(fields.filter(([name]) => !name.startsWith(prefix))));
  // Each by itself: an application may insist on more attributes than other forms have fields.
  const values = typed.map(([name, value]): [string, string] => [name, texts({ value })['value'] ?? '']);
  return { csrf, agreed: decision === 'agree', shown: shown.split(' '), typed: Object.fromEntries(values), keep: keep === 'yes' };
}
