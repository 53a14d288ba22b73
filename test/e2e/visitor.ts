import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** Somebody at a browser: a fresh profile with one page. What the browser complains about on any of its pages is kept. */
export class Visitor {
  /** Violated policies, scripts that failed, files that did not come. */
  readonly complaints: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly close: () => Promise<void>,
  ) {
    page.context().on('page', (tab) => this.listen(tab));
    this.listen(page);
  }

  static async arrive(browser: Browser, options: BrowserContextOptions = {}): Promise<Visitor> {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(10_000);
    return new Visitor(await context.newPage(), () => context.close());
  }

  /** @throws Error when their browser complained about any page: no page may give it a reason */
  async leave(): Promise<void> {
    await this.close();
    if (this.complaints.length > 0) throw new Error(`The browser complained:\n${this.complaints.join('\n')}`);
  }

  private listen(page: Page): void {
    // Chromium reports a page with an error status as a file that did not load. Such pages are what some tests are about.
    const visited = new Set<string>();
    page.on('response', (response) => void (response.request().isNavigationRequest() && visited.add(response.url())));
    page.on('pageerror', (error) => void this.complaints.push(String(error)));
    page.on('console', (message) => {
      const isPage = message.text().startsWith('Failed to load resource') && visited.has(message.location().url);
      if (['error', 'warning'].includes(message.type()) && !isPage) this.complaints.push(`${page.url()}: ${message.text()}`);
    });
  }
}
