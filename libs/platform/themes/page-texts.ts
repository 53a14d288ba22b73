import { directionOf, textIn } from './languages.js';

/** What could turn the text around it: letters written right to left, and characters that set the direction. */
const turning = /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufefc]/;

/** Without JavaScript a page does not know the person's time zone, so it names its own. */
const shownTime = {
  ...({ year: 'numeric', month: 'short', day: 'numeric' } as const),
  ...({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'UTC', timeZoneName: 'short' } as const),
};

/** The texts of a page: those of one theme in one language. */
export class PageTexts {
  readonly direction: 'ltr' | 'rtl';

  private readonly times: Intl.DateTimeFormat;
  private readonly lists: Intl.ListFormat;

  constructor(
    /** A BCP 47 tag. */
    readonly language: string,
    private readonly byKey: ReadonlyMap<string, string>,
  ) {
    this.direction = directionOf(language);
    this.times = new Intl.DateTimeFormat(language, shownTime);
    this.lists = new Intl.ListFormat(language, { type: 'conjunction' });
  }

  /**
   * A text with its `{name}` places filled in.
   * @param wanted a message key; or several, of which the first that has a text counts, and when none has one the last shows as itself: a page is
   * never empty, and the gap is seen; or texts by language (BCP 47), which settings hold
   */
  format(wanted: unknown, values: Readonly<Record<string, unknown>>): string {
    return this.find(wanted).replace(/\{([A-Za-z]+)\}/g, (place, name: string) =>
      Object.hasOwn(values, name) ? this.isolated(String(values[name] ?? '')) : place,
    );
  }

  /** @param at milliseconds since the epoch; what is no number shows as it is */
  time(at: unknown): string {
    return typeof at === 'number' ? this.times.format(at) : String(at ?? '');
  }

  list(items: unknown): string {
    return Array.isArray(items) ? this.lists.format(items.map((item) => this.isolated(String(item)))) : String(items ?? '');
  }

  private find(wanted: unknown): string {
    if (typeof wanted === 'string') return this.byKey.get(wanted) ?? wanted;
    if (typeof wanted === 'object' && wanted !== null && !Array.isArray(wanted)) return textIn(wanted, this.language);
    const keys = (Array.isArray(wanted) ? wanted : [wanted]).map(String);
    const key = keys.find((each) => this.byKey.has(each)) ?? keys.at(-1) ?? '';
    return this.byKey.get(key) ?? key;
  }

  /** A value keeps its own direction and does not turn the text around it (Unicode Bidirectional Algorithm, isolates). */
  private isolated(value: string): string {
    return value !== '' && (this.direction === 'rtl' || turning.test(value)) ? `\u2068${value}\u2069` : value;
  }
}
