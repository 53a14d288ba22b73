import { createHash } from 'node:crypto';
import type { Notice, TextByLanguage } from './purpose.js';

/** The key of a notice: the SHA-256 of what it says. A purpose whose texts change without a new version has another one. */
export const noticeKey = (notice: Notice): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(notice)))
    .digest('base64url');

/** The same notice in the one order that its hash is made of. */
function sorted({ purpose, version, title, text, retention, sharedWith, attributes }: Notice): unknown[] {
  const languages = (texts: TextByLanguage | undefined): [string, string][] =>
    Object.entries(texts ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));
  return [
    purpose,
    version,
    languages(title),
    languages(text),
    languages(retention),
    sharedWith,
    attributes.map(({ name, mandatory }) => [name, mandatory]),
  ];
}
