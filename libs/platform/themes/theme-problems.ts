import type { Logger } from '../observability/logger.js';

/** Logs what is wrong with a theme, once for each state of a file: a page that many people see must not fill the log. */
export class ThemeProblems {
  private readonly reported = new Map<string, string>();

  constructor(private readonly logger?: Pick<Logger, 'warn'>) {}

  report(path: string, revision: string, error: unknown): void {
    if (this.reported.get(path) === revision) return;
    this.reported.set(path, revision);
    this.logger?.warn({ path, err: error }, 'a part of a theme cannot be used; what comes next in line is');
  }
}
