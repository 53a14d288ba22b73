import type { Logger } from '../observability/logger.js';

/** A part of a theme that cannot be used; what comes next in line is. */
export interface ThemeProblem {
  /** The file or folder, or the name of a theme that is nowhere. */
  readonly path: string;
  readonly error: unknown;
}

/** Tells of what is wrong with themes, once for each state of a file: a page that many people see must not fill the log. */
export class ThemeProblems {
  private readonly reported = new Map<string, string>();

  constructor(private readonly tell: (problem: ThemeProblem) => void = () => undefined) {}

  report(path: string, revision: string, error: unknown): void {
    if (this.reported.get(path) === revision) return;
    this.reported.set(path, revision);
    this.tell({ path, error });
  }
}

/** Problems that go to the log. */
export const loggedProblems = (logger: Logger): ThemeProblems =>
  new ThemeProblems(({ path, error }) => logger.warn({ path, err: error }, 'a part of a theme cannot be used; what comes next in line is'));
