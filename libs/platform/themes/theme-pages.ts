import { readFileSync } from 'node:fs';
import Handlebars from 'handlebars';
import { compileTemplate } from './compile-template.js';
import { Messages } from './messages.js';
import { themeAssetPrefix } from './theme-asset.js';
import type { PageTexts } from './page-texts.js';
import type { ThemeFile } from './theme-folder.js';
import type { Theme, ThemeFiles } from './theme-files.js';

/** One theme as it is at this moment: its templates compiled, its texts parsed, its addresses known, each when it is first needed. */
export class ThemePages {
  readonly messages: Messages;
  /** Whether there is a `static/theme.css`, which says only what is otherwise than in the default styles. The built-in theme has none. */
  readonly hasOwnStyles: boolean;
  private readonly templates = new Map<ThemeFile, HandlebarsTemplateDelegate | undefined>();
  private readonly options = new WeakMap<PageTexts, Handlebars.RuntimeOptions>();
  private readonly assets = new Map<string, string>();

  constructor(
    private readonly theme: Theme,
    private readonly files: ThemeFiles,
  ) {
    this.messages = new Messages(theme, files.problems);
    this.hasOwnStyles = theme.candidates('static/theme.css').length > 0;
  }

  /**
   * Fills a template. One that cannot be used is reported, and the next one in line takes its place, that of the default theme at last.
   * @param mustHold what the result has to hold: a layout that leaves the page out is none
   * @throws Error when no theme has the template: it is part of the product
   */
  render(name: string, data: Readonly<Record<string, unknown>>, texts: PageTexts, mustHold = ''): string {
    const options = this.optionsFor(texts);
    for (const file of this.theme.candidates(`templates/${name}.hbs`)) {
      const html = this.attempt(file, () => {
        const filled = this.template(file)?.(data, options);
        if (filled?.includes(mustHold) === false) throw new Error('The layout does not show {{body}}.');
        return filled;
      });
      if (html !== undefined) return html;
    }
    throw new Error(`No theme has a template ${name} that can be used.`);
  }

  private template(file: ThemeFile): HandlebarsTemplateDelegate | undefined {
    if (this.templates.has(file)) return this.templates.get(file);
    const template = this.attempt(file, () => compileTemplate(readFileSync(file.path, 'utf8')));
    this.templates.set(file, template);
    return template;
  }

  private attempt<T>(file: ThemeFile, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.files.problems.report(file.path, file.revision, error);
      return undefined;
    }
  }

  private optionsFor(texts: PageTexts): Handlebars.RuntimeOptions {
    const known = this.options.get(texts) ?? { helpers: this.helpers(texts), allowProtoPropertiesByDefault: false };
    this.options.set(texts, known);
    return known;
  }

  private helpers(texts: PageTexts): Record<string, Handlebars.HelperDelegate> {
    return {
      t: (wanted: unknown, options: Handlebars.HelperOptions) => texts.format(wanted, options.hash),
      time: (at: unknown) => texts.time(at),
      list: (items: unknown) => texts.list(items),
      asset: (file: unknown) => this.asset(String(file)),
    };
  }

  private asset(file: string): string {
    const known = this.assets.get(file) ?? this.addressOf(file);
    this.assets.set(file, known);
    return known;
  }

  private addressOf(file: string): string {
    return `${themeAssetPrefix}/${this.theme.name}/${file}?v=${this.files.fingerprint(this.theme.name, `static/${file}`)}`;
  }
}
