import Handlebars from 'handlebars';
import { Messages } from './messages.js';
import { defaultTheme, type ThemeFiles } from './theme-files.js';

/** Where the static files of themes are served: `{prefix}/{theme}/{file}?v={fingerprint}`. */
export const themeAssetPrefix = '/login/static';

/** The only helpers that templates know: those of Handlebars that show data, and ours for texts and addresses. None runs code. */
const knownHelpers = { t: true, asset: true, log: false, lookup: false };

interface Compiled {
  readonly page: HandlebarsTemplateDelegate;
  readonly layout: HandlebarsTemplateDelegate;
}

/**
 * Renders pages from themes. A page is `templates/{name}.hbs` inside `templates/layout.hbs`; every text is a message key (`{{t "signIn.title"}}`),
 * every value is escaped. Templates are compiled once.
 */
export class ThemeRenderer {
  private readonly engine = Handlebars.create();
  private readonly compiled = new Map<string, Compiled>();
  private readonly assets = new Map<string, string>();
  private readonly messages: Messages;

  constructor(private readonly files: ThemeFiles) {
    this.messages = new Messages(files);
    this.engine.unregisterHelper('log');
    this.engine.unregisterHelper('lookup');
  }

  /**
   * @param template the page's name, such as `sign-in`
   * @param data what the template shows; `title` names the message of the page's title and its `titleValues` fill it
   */
  render(template: string, data: Readonly<Record<string, unknown>>, theme: string = defaultTheme): string {
    const { page, layout } = this.compile(theme, template);
    const options = { helpers: this.helpers(theme), allowProtoPropertiesByDefault: false };
    const body = new Handlebars.SafeString(page(data, options));
    return layout({ ...data, body, language: this.messages.language }, options);
  }

  /** The text of a key in the language of the page, or undefined when the theme has none. */
  text(key: string, theme: string = defaultTheme): string | undefined {
    return this.messages.find(theme, key);
  }

  private helpers(theme: string): Record<string, Handlebars.HelperDelegate> {
    return {
      t: (key: unknown, options: Handlebars.HelperOptions) => this.messages.format(theme, String(key), options.hash),
      asset: (file: unknown) => this.asset(theme, String(file)),
    };
  }

  private asset(theme: string, file: string): string {
    const address = `${themeAssetPrefix}/${theme}/${file}`;
    const known = this.assets.get(address) ?? `${address}?v=${this.files.fingerprint(theme, `static/${file}`)}`;
    this.assets.set(address, known);
    return known;
  }

  private compile(theme: string, template: string): Compiled {
    const key = `${theme}/${template}`;
    const known = this.compiled.get(key);
    if (known) return known;
    const compiled = { page: this.template(theme, template), layout: this.template(theme, 'layout') };
    this.compiled.set(key, compiled);
    return compiled;
  }

  private template(theme: string, name: string): HandlebarsTemplateDelegate {
    const source = this.files.read(theme, `templates/${name}.hbs`).toString('utf8');
    return this.engine.compile(source, { knownHelpers, knownHelpersOnly: true, strict: false });
  }
}
