import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { Html, html } from './html.js';

const stylesheet = readFileSync(new URL('demo.css', import.meta.url), 'utf8');

/**
 * No script at all, styles from here alone. There is no `form-action`: browsers apply it to the redirects after a form too, and a login goes on
 * from the identity provider to Foyer and to the application.
 */
const headers = {
  'content-security-policy': "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
};

export interface Page {
  /** Whose page it is: shown above the title, so that nobody confuses the three parties of a login. */
  readonly party: 'Demo identity provider' | 'Demo application';
  readonly title: string;
  readonly body: Html;
}

const accents = { 'Demo identity provider': 'idp', 'Demo application': 'app' } as const;

/** The text of a page. */
export function renderPage({ party, title, body }: Page): string {
  return html`${new Html('<!DOCTYPE html>')}
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · ${party}</title>
        <link rel="stylesheet" href="/demo.css" />
      </head>
      <body class="${accents[party]}">
        <main>
          <p class="party">${party}</p>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html> `.text;
}

/** Sets the headers that every page has. */
export function setPageHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

/** Sends a page. */
export function sendPage(response: ServerResponse, page: Page, status = 200): void {
  setPageHeaders(response);
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end(renderPage(page));
}

/** Sends the stylesheet that every page links to as `/demo.css`. */
export function sendStylesheet(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'max-age=300' }).end(stylesheet);
}
