import { directionOf } from './languages.js';

/** What could turn the text around it: letters written right to left, and characters that set the direction. */
const turning = /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufefc]/;

/** The texts of a page: those of one theme in one language. */
export class PageTexts {
  readonly direction: 'ltr' | 'rtl';

  constructor(
    /** A BCP 47 tag. */
    readonly language: string,
    private readonly byKey: ReadonlyMap<string, string>,
  ) {
    this.direction = directionOf(language);
  }

  /**
   * The first of the keys that has a text, with its `{name}` places filled in. When none has one, the last key shows as itself: a page is never
   * empty, and the gap is seen.
   */
  format(keys: readonly string[], values: Readonly<Record<string, unknown>>): string {
    const key = keys.find((each) => this.byKey.has(each)) ?? keys.at(-1) ?? '';
    const text = this.byKey.get(key) ?? key;
    return text.replace(/\{([A-Za-z]+)\}/g, (place, name: string) =>
      Object.hasOwn(values, name) ? this.isolated(String(values[name] ?? '')) : place,
    );
  }

  /** A value keeps its own direction and does not turn the text around it (Unicode Bidirectional Algorithm, isolates). */
  private isolated(value: string): string {
    return value !== '' && (this.direction === 'rtl' || turning.test(value)) ? `\u2068${value}\u2069` : value;
  }
}
