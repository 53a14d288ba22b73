import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  defaultTheme,
  ThemeFiles,
  ThemeProblems,
  ThemeRenderer,
  themeRoots,
  type PageSample,
  type Reader,
  type ThemeProblem,
} from '@foyer/platform';
import Handlebars from 'handlebars';
import { pageSamples, sampleData } from '../samples.js';

/** What is looked at. */
export interface View {
  readonly theme: string;
  /** A BCP 47 tag. */
  readonly language: string;
}

const index = Handlebars.compile(readFileSync(join(import.meta.dirname, 'index.hbs'), 'utf8'));
const builtIn = new ThemeRenderer(new ThemeFiles());
const fieldPattern = /<(?:input|button|select|textarea)\b[^>]*?\bname="([^"]*)"/g;

/** The pages of themes as they are on disk at this moment: nothing is remembered from one request to the next. */
export class Preview {
  constructor(
    private readonly themeDir: string | undefined,
    private readonly warn: (line: string) => void,
  ) {}

  files(problems?: ThemeProblems): ThemeFiles {
    return new ThemeFiles(themeRoots(this.themeDir), problems && { problems });
  }

  /** The list of pages, where one chooses. */
  index(view: View): string {
    const problems: string[] = [];
    const renderer = this.renderer(problems);
    for (const sample of pageSamples) this.render(renderer, sample, view, problems);
    const names = new Intl.DisplayNames(['en'], { type: 'language' });
    return index({
      ...view,
      problems: [...new Set(problems)],
      themes: this.files()
        .names()
        .map((name) => ({ name, chosen: name === view.theme })),
      languages: renderer.languages(view.theme).map((tag) => ({ tag, name: names.of(tag), chosen: tag === view.language })),
      templates: [...new Set(pageSamples.map(({ template }) => template))].map((template) => ({
        template,
        samples: pageSamples.filter((each) => each.template === template).map((each) => linked(each, view)),
      })),
    });
  }

  /** What the template of a page gets, for whoever writes one. */
  data(view: View, template: string, state: string): unknown {
    const sample = sampleOf(template, state);
    return sample && sampleData(sample, this.renderer([]).language(readerOf(view)));
  }

  /** A page, with what is wrong with its theme on top. Undefined when there is no such sample. */
  page(view: View, template: string, state: string): string | undefined {
    const sample = sampleOf(template, state);
    if (!sample) return undefined;
    const problems: string[] = [];
    const html = this.render(this.renderer(problems), sample, view, problems);
    for (const problem of problems) this.warn(`${problem}\n`);
    const notices = problems.map((problem) => `<p class="notice" role="alert" dir="ltr">${Handlebars.escapeExpression(problem)}</p>`);
    return html.replace(/<body[^>]*>/, (body) => body + notices.join(''));
  }

  private renderer(problems: string[]): ThemeRenderer {
    return new ThemeRenderer(this.files(new ThemeProblems((problem) => problems.push(sentence(problem)))));
  }

  private render(renderer: ThemeRenderer, sample: PageSample, view: View, problems: string[]): string {
    const { template } = sample;
    const reader = readerOf(view);
    const data = sampleData(sample, renderer.language(reader));
    const { html } = renderer.render(template, data, reader);
    const fields = fieldsOf(html);
    const missing = [...fieldsOf(builtIn.render(template, data).html)].filter((field) => !fields.has(field));
    if (missing.length > 0)
      problems.push(`${template}.hbs: the page cannot work without what it sends by these names: ${missing.join(', ')}`);
    return html;
  }
}

const readerOf = ({ theme, language }: View): Reader => ({ theme, languages: [language] });

/** What forms send, by name. */
const fieldsOf = (html: string): Set<string> => new Set([...html.matchAll(fieldPattern)].map(([, name = '']) => name));

const sentence = ({ path, error }: ThemeProblem): string =>
  `${basename(path)}: ${error instanceof Error ? error.message : String(error)} (${path})`;

const sampleOf = (template: string, state: string): PageSample | undefined =>
  pageSamples.find((each) => each.template === template && each.state === state);

/** As the list of pages shows it. */
function linked({ template, state }: PageSample, view: View): Readonly<Record<'state' | 'page' | 'data', string>> {
  const query = (values: object): string => String(new URLSearchParams({ ...values, template, state }));
  return { state, page: `/page?${query(view)}`, data: `/data?${query(view)}` };
}

/** The theme to begin with. @throws Error when there is none of that name */
export function themeToShow(files: ThemeFiles, theme: string = defaultTheme): string {
  const names = files.names();
  if (!names.includes(theme)) throw new Error(`There is no theme ${theme}; there are: ${names.join(', ')}.`);
  return theme;
}
