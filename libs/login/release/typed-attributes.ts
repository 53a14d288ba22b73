import { attributeFaults } from '@foyer/userstores';
import type { Attributes } from '@foyer/platform';

/** How an attribute is typed on a page. */
export interface TypedField {
  readonly type: 'text' | 'email' | 'tel' | 'url' | 'date';
  /** HTML's name of what browsers fill in (WHATWG HTML §4.10.18.7). */
  readonly autocomplete?: string;
  /** Whether the text can be one. */
  readonly fits?: (text: string) => boolean;
}

/** Characters. */
export const mostTyped = 512;

const address = (text: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) && text.length <= 254;
const webAddress = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
const url: TypedField = { type: 'url', fits: webAddress };

/** The attributes that have a form of their own (OpenID Connect Core §5.1). Any other is a line of text. */
const fields: Readonly<Record<string, TypedField>> = {
  displayName: { type: 'text', autocomplete: 'name' },
  givenName: { type: 'text', autocomplete: 'given-name' },
  middleName: { type: 'text', autocomplete: 'additional-name' },
  familyName: { type: 'text', autocomplete: 'family-name' },
  nickName: { type: 'text', autocomplete: 'nickname' },
  email: { type: 'email', autocomplete: 'email', fits: address },
  phoneNumber: { type: 'tel', autocomplete: 'tel', fits: (text) => /^\+?[0-9 ()./-]{3,32}$/.test(text) },
  website: { ...url, autocomplete: 'url' },
  profileUrl: url,
  picture: url,
  birthdate: { type: 'date', autocomplete: 'bday', fits: isDate },
  locale: { type: 'text', fits: (text) => isKnownTo(() => Intl.getCanonicalLocales(text)) },
  zoneinfo: { type: 'text', fits: (text) => isKnownTo(() => new Intl.DateTimeFormat('en', { timeZone: text })) },
};

const line: TypedField = { type: 'text' };

export const fieldOf = (attribute: string): TypedField => (Object.hasOwn(fields, attribute) ? (fields[attribute] ?? line) : line);

export interface TypedAttributes {
  readonly values: Attributes;
  /** Message keys, by the name of the attribute. */
  readonly mistakes: Readonly<Record<string, string>>;
}

/** Reads what was typed for the attributes that were asked for, and for no other. */
export function readTyped(asked: readonly string[], typed: Readonly<Record<string, string>>): TypedAttributes {
  const values: Record<string, string> = {};
  const mistakes: Record<string, string> = {};
  for (const name of asked) {
    const text = (Object.hasOwn(typed, name) ? (typed[name] ?? '') : '').trim().normalize('NFC');
    const mistake = mistakeIn(name, text);
    if (mistake === undefined) values[name] = text;
    else mistakes[name] = mistake;
  }
  // Each is bounded, and so is what all of them are together.
  if (attributeFaults(values).length > 0)
    return { values: {}, mistakes: Object.fromEntries(asked.map((name) => [name, 'release.error.long'])) };
  return { values, mistakes };
}

function mistakeIn(name: string, text: string): string | undefined {
  if (text === '') return 'release.error.missing';
  if (text.length > mostTyped) return 'release.error.long';
  // Control characters, and those that are invisible or turn the text around them.
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text)) return 'release.error.characters';
  const { type, fits } = fieldOf(name);
  if (!fits || fits(text)) return undefined;
  return Object.hasOwn(wrongForm, name) ? wrongForm[name] : `release.error.${type}`;
}

const wrongForm: Readonly<Record<string, string>> = { locale: 'release.error.locale', zoneinfo: 'release.error.zoneinfo' };

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && isKnownTo(() => new Date(text).toISOString()) && new Date(text).toISOString().startsWith(text);
}

/** Whether something does not throw. */
function isKnownTo(what: () => unknown): boolean {
  try {
    what();
    return true;
  } catch {
    return false;
  }
}
