import { LoginRefused } from '../refusal.js';

const maxParameters = 30;
const maxLength = 16_384;
/** RFC 5646 §4.4.1: long enough for every tag that is in use. */
const maxTagLength = 35;

/**
 * The parameters of a query or a form: each once, as text, within bounds.
 * @throws LoginRefused `login.badRequest`
 */
export function texts(source: unknown): Readonly<Record<string, string>> {
  const entries = typeof source === 'object' && source !== null ? Object.entries(source) : [];
  if (entries.length > maxParameters) throw new LoginRefused('login.badRequest');
  const values = entries.map(([name, value]): [string, string] => {
    if (typeof value !== 'string' || value.length > maxLength) throw new LoginRefused('login.badRequest');
    return [name, value];
  });
  return Object.fromEntries(values);
}

/** The language that a form says its page was in: a BCP 47 tag, English when it is none. */
export function languageTag(text: string): string {
  try {
    return (text.length <= maxTagLength ? Intl.getCanonicalLocales(text)[0] : undefined) ?? 'en';
  } catch {
    return 'en';
  }
}
