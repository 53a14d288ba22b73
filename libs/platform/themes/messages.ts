import { readFileSync } from 'node:fs';
import { defaultLanguage, lookupChain } from './languages.js';
import { PageTexts } from './page-texts.js';
import type { ThemeFile } from './theme-folder.js';
import type { Theme } from './theme-files.js';
import type { ThemeProblems } from './theme-problems.js';

type Texts = ReadonlyMap<string, string>;

/** `messages/und.json` (BCP 47: undetermined) holds a theme's texts that are the same in every language, such as its name. */
const everyLanguage = 'und';

/** The texts of a theme, by language and key. */
export class Messages {
  private readonly parsed = new Map<ThemeFile, Texts | undefined>();
  private readonly merged = new Map<string, PageTexts>();
  /** By their lower-case tags, since tags ignore case. */
  private readonly languages: ReadonlyMap<string, string>;

  constructor(
    private readonly theme: Theme,
    private readonly problems: ThemeProblems,
  ) {
    const names = theme.namesOf('messages').filter((name) => name !== everyLanguage && isTag(name));
    this.languages = new Map(names.map((name) => [name.toLowerCase(), name]));
  }

  /** The texts for somebody who wants these languages, most wanted first: the first that there is, in its nearest form (RFC 4647 §3.4). */
  for(wanted: readonly string[]): PageTexts {
    const found = wanted
      .flatMap(lookupChain)
      .map((tag) => this.languages.get(tag.toLowerCase()))
      .find((name) => name !== undefined && this.isUsable(name));
    return this.in(found ?? defaultLanguage);
  }

  /** The languages that there are, without those whose files are broken. */
  all(): string[] {
    return [...this.languages.values()].filter((name) => this.isUsable(name)).toSorted();
  }

  /**
   * Of every key the text that wins: in each folder in turn the language's own, then what holds for every language; then the same for what the
   * language is a kind of (`de` for `de-AT`); English last.
   */
  private in(language: string): PageTexts {
    const known = this.merged.get(language);
    if (known) return known;
    const files = [...lookupChain(language), defaultLanguage].flatMap((tag) => this.filesOf(tag));
    const texts = new Map(files.toReversed().flatMap((file) => [...(this.parse(file) ?? [])]));
    const merged = new PageTexts(language, texts);
    this.merged.set(language, merged);
    return merged;
  }

  private filesOf(tag: string): ThemeFile[] {
    const names = [this.languages.get(tag.toLowerCase()) ?? tag, everyLanguage];
    return this.theme.folders.flatMap((files) => names.flatMap((name) => files.get(`messages/${name}.json`) ?? []));
  }

  private isUsable(name: string): boolean {
    return this.theme.candidates(`messages/${name}.json`).some((file) => this.parse(file) !== undefined);
  }

  private parse(file: ThemeFile): Texts | undefined {
    if (!this.parsed.has(file)) this.parsed.set(file, this.read(file));
    return this.parsed.get(file);
  }

  private read(file: ThemeFile): Texts | undefined {
    try {
      return parseMessages(readFileSync(file.path, 'utf8'));
    } catch (error) {
      this.problems.report(file.path, file.revision, error);
      return undefined;
    }
  }
}

function isTag(name: string): boolean {
  try {
    return Intl.getCanonicalLocales(name).length === 1;
  } catch {
    return false;
  }
}

function parseMessages(source: string): Texts {
  const parsed: unknown = JSON.parse(source);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new TypeError('The file must be an object of texts.');
  return new Map(
    Object.entries(parsed).map(([key, text]): [string, string] => {
      if (typeof text !== 'string') throw new TypeError(`${key} must be a text.`);
      return [key, text];
    }),
  );
}
