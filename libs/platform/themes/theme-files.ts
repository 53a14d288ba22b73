import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The theme that every other one falls back to, file by file. */
export const defaultTheme = 'foyer';

/** The folder with the themes that Foyer brings along. */
export const builtInThemes = import.meta.dirname;

/** A path inside a theme: one folder, one file, nothing that leads out of it. */
const safePath = /^(templates|static|messages)\/[A-Za-z0-9_-]+(\.[a-z0-9]+)+$/;
const safeTheme = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Finds the files of themes: `{root}/{theme}/{templates/*.hbs, static/*, messages/{lang}.json}`. The one place that knows which file wins:
 * for each root in order the theme asked for, then the default theme.
 */
export class ThemeFiles {
  /** @param roots folders that hold themes, the most wanted first; the built-in one is the last */
  constructor(private readonly roots: readonly string[] = [builtInThemes]) {}

  /** The absolute path of the file that a theme uses, or undefined when no theme has it. */
  find(theme: string, path: string): string | undefined {
    if (!safePath.test(path)) return undefined;
    const themes = safeTheme.test(theme) && theme !== defaultTheme ? [theme, defaultTheme] : [defaultTheme];
    return themes.flatMap((name) => this.roots.map((root) => join(root, name, path))).find((file) => existsSync(file));
  }

  /** @throws Error when no theme has the file: it is part of the product */
  read(theme: string, path: string): Buffer {
    const file = this.find(theme, path);
    if (file === undefined) throw new Error(`No theme has the file ${path}`);
    return readFileSync(file);
  }

  /** Changes when the file does, so that browsers may keep it for good under an address that carries it. */
  fingerprint(theme: string, path: string): string {
    return createHash('sha256').update(this.read(theme, path)).digest('base64url').slice(0, 10);
  }
}
