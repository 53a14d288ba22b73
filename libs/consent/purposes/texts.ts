import { lookupChain } from '@foyer/platform';
import type { TextByLanguage } from './purpose.js';

/** The text for a reader of a language: `de-AT` reads `de`, and everybody reads `en`. */
export function textIn(texts: TextByLanguage, language: string): string {
  const known = new Map(Object.entries(texts).map(([tag, text]) => [tag.toLowerCase(), text]));
  const tags = [...lookupChain(language.toLowerCase()), 'en'];
  return tags.map((tag) => known.get(tag)).find((text) => text !== undefined) ?? '';
}
