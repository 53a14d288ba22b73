/** The language that every other one falls back to, text by text. */
export const defaultLanguage = 'en';

/** Headers and parameters come from outside: what is longer is cut off. */
const longestHeader = 1_000;
const mostLanguages = 30;

/** Tags may have more parts, but no language that pages are in does. */
const tagPattern = /^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,7}$/;
const rightToLeftScripts = new Set(['Arab', 'Hebr', 'Thaa', 'Syrc', 'Nkoo', 'Adlm', 'Mand', 'Samr', 'Rohg', 'Mend']);

/**
 * The languages that a person wants, most wanted first: those that the application asks for (`ui_locales`, OpenID Connect Core §3.1.2.1), then those
 * that the browser does.
 * @param uiLocales BCP 47 tags, most wanted first
 */
export function wantedLanguages(uiLocales: readonly string[], acceptLanguage: string | undefined): readonly string[] {
  const asked = uiLocales.filter((tag) => tagPattern.test(tag)).slice(0, mostLanguages);
  return [...asked, ...acceptedLanguages(acceptLanguage)];
}

/** The languages of an `Accept-Language` header (RFC 9110 §12.5.4), most wanted first, without those that are refused (`q=0`). */
export function acceptedLanguages(header: string | undefined): readonly string[] {
  if (header === undefined) return [];
  return header
    .slice(0, longestHeader)
    .split(',', mostLanguages)
    .map(weighted)
    .filter(({ tag, weight }) => weight > 0 && tagPattern.test(tag))
    .toSorted((one, other) => other.weight - one.weight)
    .map(({ tag }) => tag);
}

function weighted(range: string): { tag: string; weight: number } {
  const [tag = '', ...parameters] = range.split(';').map((part) => part.trim());
  const quality = parameters.find((parameter) => /^q\s*=/i.test(parameter));
  const weight = quality === undefined ? 1 : Number(quality.slice(quality.indexOf('=') + 1));
  return { tag, weight: weight >= 0 && weight <= 1 ? weight : 0 };
}

/** A tag and what it is a kind of, most exact first: `zh-Hant-TW`, `zh-Hant`, `zh` (RFC 4647 §3.4). */
export function lookupChain(tag: string): readonly string[] {
  const chain: string[] = [];
  for (let parts = tag.split('-'); parts.length > 0; parts = shortened(parts)) chain.push(parts.join('-'));
  return chain;
}

/** Without the last part, and without a single letter that would then be last: it only introduced what is gone. */
function shortened(parts: readonly string[]): string[] {
  const rest = parts.slice(0, -1);
  return rest.length > 1 && rest.at(-1)?.length === 1 ? rest.slice(0, -1) : rest;
}

/** Which way a language is written. */
export function directionOf(language: string): 'ltr' | 'rtl' {
  return rightToLeftScripts.has(new Intl.Locale(language).maximize().script ?? '') ? 'rtl' : 'ltr';
}

/** Of texts by language the one for a reader of a language: `de-AT` reads `de`, everybody reads `en`, and any is better than none. */
export function textIn(texts: object, language: string): string {
  const known = new Map(Object.entries(texts).map(([tag, text]): [string, unknown] => [tag.toLowerCase(), text]));
  const nearest = [...lookupChain(language.toLowerCase()), defaultLanguage].find((tag) => known.has(tag));
  return String((nearest === undefined ? [...known.values()][0] : known.get(nearest)) ?? '');
}
