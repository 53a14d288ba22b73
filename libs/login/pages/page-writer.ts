import type { IncomingMessage, ServerResponse } from 'node:http';
import { pagePolicy, wantedLanguages, type BrowserCookie, type Cookies, type ThemeRenderer } from '@foyer/platform';

/** What a template shows. */
export type PageData = Readonly<Record<string, unknown>>;

export interface PageContent {
  readonly template: 'sign-in' | 'prompt' | 'release' | 'problem' | 'signed-out' | 'account' | 'unlink';
  /** A function, where it depends on the language that the page is in (BCP 47). */
  readonly data: PageData | ((language: string) => PageData);
  readonly theme?: string;
  /** The languages that the application asks for (`ui_locales`): BCP 47 tags, most wanted first. Those of the browser come after them. */
  readonly uiLocales?: readonly string[];
  readonly status: number;
  /** Seconds. */
  readonly retryAfter?: number;
  readonly cookies?: readonly BrowserCookie[];
  /**
   * Whether a form of the page ends at another site: at an identity provider or an application, by redirects. Browsers hold `form-action` against
   * every redirect after a form, and nobody knows all hops beforehand, so such a page goes without it.
   */
  readonly formsLeave: boolean;
}

/** Sends pages and redirects to people's browsers, with Express around or without. */
export class PageWriter {
  constructor(
    private readonly themes: ThemeRenderer,
    private readonly cookies: Cookies,
  ) {}

  page(request: IncomingMessage, response: ServerResponse, content: PageContent): void {
    const { template, data, theme, uiLocales = [], status, retryAfter, cookies = [], formsLeave } = content;
    this.prepare(response, cookies);
    response.setHeader('Content-Security-Policy', pagePolicy(formsLeave ? 'anywhere' : []));
    if (retryAfter !== undefined) response.setHeader('Retry-After', String(retryAfter));
    const languages = wantedLanguages(uiLocales, request.headers['accept-language']);
    const reader = { theme, languages };
    const shown = typeof data === 'function' ? data(this.themes.language(reader)) : data;
    const { html, language } = this.themes.render(template, shown, reader);
    response.setHeader('Content-Language', language);
    response.appendHeader('Vary', 'Accept-Language');
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.statusCode = status;
    response.end(html);
  }

  /** 303: whatever the request was, the next one is a GET (RFC 9110 §15.4.4). */
  redirect(response: ServerResponse, to: string, cookies: readonly BrowserCookie[] = []): void {
    this.prepare(response, cookies);
    response.statusCode = 303;
    response.setHeader('Location', to);
    response.end();
  }

  setCookies(response: ServerResponse, cookies: readonly BrowserCookie[]): void {
    for (const cookie of cookies) response.appendHeader('Set-Cookie', this.cookies.header(cookie));
  }

  private prepare(response: ServerResponse, cookies: readonly BrowserCookie[]): void {
    response.setHeader('Cache-Control', 'no-store');
    this.setCookies(response, cookies);
  }
}
