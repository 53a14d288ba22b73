import type { ThemeFiles } from './theme-files.js';

/** The texts of pages by their keys, from the file of messages that a theme uses. */
export class Messages {
  readonly language = 'en';
  private readonly byTheme = new Map<string, Readonly<Record<string, string>>>();

  constructor(private readonly files: ThemeFiles) {}

  find(theme: string, key: string): string | undefined {
    const texts = this.load(theme);
    return Object.hasOwn(texts, key) ? texts[key] : undefined;
  }

  /** The text with its `{name}` places filled in. A key without a text shows as itself: a page is never empty, and the gap is seen. */
  format(theme: string, key: string, values: Readonly<Record<string, unknown>> = {}): string {
    const text = this.find(theme, key) ?? key;
    return text.replace(/\{([A-Za-z]+)\}/g, (place, name: string) => (Object.hasOwn(values, name) ? String(values[name] ?? '') : place));
  }

  private load(theme: string): Readonly<Record<string, string>> {
    const known = this.byTheme.get(theme);
    if (known) return known;
    const file = `messages/${this.language}.json`;
    const texts = parseMessages(this.files.read(theme, file).toString('utf8'), file);
    this.byTheme.set(theme, texts);
    return texts;
  }
}

function parseMessages(source: string, file: string): Record<string, string> {
  const parsed: unknown = JSON.parse(source);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new TypeError(`${file} must be an object of texts`);
  const texts: Record<string, string> = {};
  for (const [key, text] of Object.entries(parsed)) {
    if (typeof text !== 'string') throw new TypeError(`${file}: ${key} must be a text`);
    texts[key] = text;
  }
  return texts;
}
