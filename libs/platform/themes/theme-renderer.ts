import Handlebars from 'handlebars';
import { defaultTheme, type Theme, type ThemeFiles } from './theme-files.js';
import { ThemePages } from './theme-pages.js';

/** For whom a page is. */
export interface Reader {
  /** Default: Foyer's own theme, which every other one falls back to. */
  readonly theme?: string;
  /** BCP 47 tags, most wanted first: see `wantedLanguages`. */
  readonly languages?: readonly string[];
}

export interface RenderedPage {
  readonly html: string;
  /** The language that it is in, a BCP 47 tag. */
  readonly language: string;
}

/**
 * Renders pages from themes. A page is `templates/{name}.hbs` inside `templates/layout.hbs`; every text is a message key (`{{t "signIn.title"}}`),
 * every value is escaped. What has been compiled and parsed is kept until a file of the theme changes.
 */
export class ThemeRenderer {
  private readonly loaded = new WeakMap<Theme, ThemePages>();

  constructor(private readonly files: ThemeFiles) {}

  /**
   * @param template the page's name, such as `sign-in`
   * @param data what the template shows; `title` names the message of the page's title, which `application` and `name` may fill. What a template
   * shows by `{{t text}}` is a key, several of them (the first that has a text counts), or texts by language; by `{{time at}}` a time in milliseconds;
   * by `{{list names}}` several texts in a row.
   */
  render(template: string, data: Readonly<Record<string, unknown>>, { theme = defaultTheme, languages = [] }: Reader = {}): RenderedPage {
    const pages = this.pages(theme);
    const texts = pages.messages.for(languages);
    const body = new Handlebars.SafeString(pages.render(template, data, texts));
    const around = { ...data, body, language: texts.language, direction: texts.direction, ownStyles: pages.hasOwnStyles };
    return { html: pages.render('layout', around, texts, body.toString()), language: texts.language };
  }

  /** The language that a page would be in. */
  language({ theme = defaultTheme, languages = [] }: Reader): string {
    return this.pages(theme).messages.for(languages).language;
  }

  /** One text of a theme, in the nearest language that there is. */
  text(key: string, { theme = defaultTheme, languages = [] }: Reader = {}): string {
    return this.pages(theme).messages.for(languages).format(key, {});
  }

  /** The languages that a theme's pages can be in. */
  languages(theme: string): readonly string[] {
    return this.pages(theme).messages.all();
  }

  private pages(name: string): ThemePages {
    const theme = this.files.theme(name);
    if (theme.name !== name) this.files.problems.report(name, '', new Error('There is no such theme.'));
    const known = this.loaded.get(theme) ?? new ThemePages(theme, this.files);
    this.loaded.set(theme, known);
    return known;
  }
}
