/**
 * A browser without a window, for scripts and tests: keeps cookies, follows redirects one by one, reads pages, follows links and sends
 * forms. It runs no scripts: every page of a login must work without.
 */
import { CookieJar } from './cookie-jar.js';
import { readDocument, type Document, type Form } from './document.js';

export { CookieJar } from './cookie-jar.js';
export type { Button, Document, Form, Link } from './document.js';

/** One request and its answer. */
export interface Hop {
  readonly method: string;
  readonly url: string;
  readonly status: number;
}

export interface BrowserOptions {
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A redirect to an address for which this is true is not followed: the redirect itself is the page. */
  readonly stopAt?: (url: URL) => boolean;
  /** Milliseconds for one request; 30 seconds unless told. */
  readonly timeoutMs?: number;
}

interface Request {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly body?: URLSearchParams;
}

const maxRedirects = 20;

/** What a browser shows after its last redirect. */
export class BrowserPage implements Document {
  readonly title: string;
  readonly text: string;
  readonly links: Document['links'];
  readonly forms: Document['forms'];

  constructor(
    readonly url: string,
    readonly status: number,
    readonly headers: Headers,
    readonly body: string,
    /** Where it wanted to go on to, when `stopAt` held it back. */
    readonly redirectTo: string | undefined,
  ) {
    const isHtml = headers.get('content-type')?.startsWith('text/html') ?? false;
    ({ title: this.title, text: this.text, links: this.links, forms: this.forms } = readDocument(isHtml ? body : '', url));
  }

  json(): unknown {
    return JSON.parse(this.body);
  }

  /** The first form with a button of this label or a field of this name. @throws Error that shows the page when there is none */
  form(buttonOrField: string): Form {
    const found = this.forms.find(({ buttons, fields }) => buttons.some(({ label }) => label === buttonOrField) || buttonOrField in fields);
    if (!found) throw new Error(`No form with “${buttonOrField}” on ${this.describe()}`);
    return found;
  }

  /** The address, status and text of the page, for messages. */
  describe(): string {
    return `${this.url} (${this.status} ${this.title}): ${(this.text || this.body).slice(0, 500)}`;
  }
}

export class Browser {
  readonly cookies = new CookieJar();
  /** Every request so far, redirects included, oldest first. */
  readonly history: Hop[] = [];

  constructor(private readonly options: BrowserOptions = {}) {}

  /** Goes to an address and follows redirects. @throws Error after 20 of them, or when nobody answers */
  open(url: string | URL): Promise<BrowserPage> {
    return this.go({ method: 'GET', url: new URL(url) });
  }

  /** Follows the link with this label. */
  click(page: BrowserPage, label: string): Promise<BrowserPage> {
    const link = page.links.find((candidate) => candidate.label === label);
    if (!link) throw new Error(`No link “${label}” on ${page.describe()}`);
    return this.open(link.href);
  }

  /**
   * Fills in the form that has the button `label` and presses it.
   * @param values what is typed, by field name; the other fields keep what they hold
   */
  press(page: BrowserPage, label: string, values: Readonly<Record<string, string>> = {}): Promise<BrowserPage> {
    const form = page.form(label);
    const button = form.buttons.find((candidate) => candidate.label === label);
    return this.submit(form, { ...values, ...(button?.name && { [button.name]: button.value }) });
  }

  /** Sends a form without a button. */
  submit({ method, action, fields }: Form, values: Readonly<Record<string, string>> = {}): Promise<BrowserPage> {
    const parameters = new URLSearchParams({ ...fields, ...values });
    const url = new URL(action);
    if (method === 'POST') return this.go({ method, url, body: parameters });
    url.search = parameters.toString();
    return this.go({ method, url });
  }

  private async go(first: Request): Promise<BrowserPage> {
    let request = first;
    for (let count = 0; count <= maxRedirects; count++) {
      const response = await this.send(request);
      const location = response.headers.get('location');
      const target = location !== null && response.status >= 300 && response.status < 400 ? new URL(location, request.url) : undefined;
      if (!target || this.options.stopAt?.(target)) {
        return new BrowserPage(request.url.href, response.status, response.headers, await response.text(), target?.href);
      }
      await response.body?.cancel();
      // 307 and 308 repeat the request; browsers turn the others into a GET (Fetch §4.4).
      request = response.status === 307 || response.status === 308 ? { ...request, url: target } : { method: 'GET', url: target };
    }
    throw new Error(
      `More than ${maxRedirects} redirects from ${first.url.href}: ${this.history
        .slice(-4)
        .map(({ url }) => url)
        .join(' → ')}`,
    );
  }

  private async send({ method, url, body }: Request): Promise<Response> {
    const cookie = this.cookies.header(url);
    const response = await fetch(url, {
      method,
      body,
      redirect: 'manual',
      headers: {
        accept: 'text/html,*/*;q=0.8',
        // A form of this site, not of another one.
        ...(method === 'POST' && { origin: url.origin }),
        ...this.options.headers,
        ...(cookie !== undefined && { cookie }),
      },
      signal: AbortSignal.timeout(this.options.timeoutMs ?? 30_000),
    });
    this.cookies.take(url, response);
    this.history.push({ method, url: url.href, status: response.status });
    return response;
  }
}
