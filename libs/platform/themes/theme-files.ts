import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ThemeFolder, type FolderFiles, type ThemeFile } from './theme-folder.js';
import { ThemeProblems } from './theme-problems.js';

/** The theme that every other one falls back to, file by file. */
export const defaultTheme = 'foyer';

/** The folder with the themes that Foyer brings along. */
export const builtInThemes = import.meta.dirname;

/** The folders that hold themes, most wanted first. @param themeDir `FOYER_THEME_DIR` */
export const themeRoots = (themeDir: string | undefined): readonly string[] =>
  themeDir === undefined ? [builtInThemes] : [themeDir, builtInThemes];

/** As in the settings, and capitals besides. It does not begin with a dot, so no name leads up or into hidden folders. */
const safeTheme = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,62}$/;

export interface ThemeFilesOptions {
  /** How long a look at a folder counts, in milliseconds; 0: each page looks again. */
  readonly memoryMs?: number;
  readonly now?: () => number;
  readonly problems?: ThemeProblems;
}

/** What a theme consists of at one moment: its own files and those that it falls back to. */
export class Theme {
  constructor(
    /** The default theme's name when the one asked for is nowhere. */
    readonly name: string,
    readonly folders: readonly FolderFiles[],
  ) {}

  /** The files that may serve as this one, most wanted first. @param path inside a theme, such as `templates/sign-in.hbs` */
  candidates(path: string): readonly ThemeFile[] {
    return this.folders.flatMap((files) => files.get(path) ?? []);
  }

  /** The names of the files of a kind without their extension, from all folders, each once. */
  namesOf(kind: 'templates' | 'messages'): string[] {
    const paths = this.folders.flatMap((files) => [...files.keys()]).filter((path) => path.startsWith(`${kind}/`));
    return [...new Set(paths.map((path) => path.slice(kind.length + 1).replace(/\..*$/, '')))];
  }
}

/**
 * Finds the files of themes: `{root}/{theme}/{templates/*.hbs, static/*, messages/{lang}.json}`. The one place that knows which file wins: that of the
 * theme asked for, then that of the default theme, each from the first root that has it. Only names found in these folders are ever opened, so none
 * leads out of them.
 */
export class ThemeFiles {
  readonly problems: ThemeProblems;
  /** By the names of themes that there are, each in every root. */
  private readonly folders = new Map<string, readonly ThemeFolder[]>();
  private readonly themes = new Map<string, Theme>();
  private readonly memoryMs: number;
  private readonly now: () => number;

  /** @param roots folders that hold themes, the most wanted first; the built-in one is the last */
  constructor(
    private readonly roots: readonly string[] = [builtInThemes],
    { memoryMs = 1_000, now = () => performance.now(), problems = new ThemeProblems() }: ThemeFilesOptions = {},
  ) {
    this.memoryMs = memoryMs;
    this.now = now;
    this.problems = problems;
    for (const root of roots.filter((each) => !isFolder(each))) problems.report(root, '', new Error('There is no such folder.'));
  }

  /** The theme of this name, else the default one. It is the same object for as long as no file has changed. */
  theme(name: string): Theme {
    const effective = this.has(name) ? name : defaultTheme;
    const names = effective === defaultTheme ? [defaultTheme] : [effective, defaultTheme];
    const folders = names.flatMap((each) => this.foldersOf(each)).map((folder) => folder.files());
    const last = this.themes.get(effective);
    if (last && folders.every((files, index) => files === last.folders[index])) return last;
    const theme = new Theme(effective, folders);
    this.themes.set(effective, theme);
    return theme;
  }

  has(name: string): boolean {
    return this.folders.has(name) || (safeTheme.test(name) && this.roots.some((root) => existsSync(join(root, name))));
  }

  /** Every theme that there is. */
  names(): string[] {
    const names = this.roots
      .filter(isFolder)
      .flatMap((root) => readdirSync(root).filter((name) => safeTheme.test(name) && isFolder(join(root, name))));
    return [...new Set([defaultTheme, ...names.toSorted()])];
  }

  /** The absolute path of the file that a theme uses, or undefined when no theme has it. */
  find(theme: string, path: string): string | undefined {
    return this.theme(theme).candidates(path)[0]?.path;
  }

  /** @throws Error when no theme has the file */
  read(theme: string, path: string): Buffer {
    const file = this.find(theme, path);
    if (file === undefined) throw new Error(`No theme has the file ${path}`);
    return readFileSync(file);
  }

  /** Changes when the file does, so that browsers may keep it for good under an address that carries it. */
  fingerprint(theme: string, path: string): string {
    return createHash('sha256').update(this.read(theme, path)).digest('base64url').slice(0, 10);
  }

  private foldersOf(name: string): readonly ThemeFolder[] {
    const known = this.folders.get(name);
    if (known) return known;
    const folders = this.roots.map((root) => new ThemeFolder(join(root, name), this.memoryMs, this.now, this.problems));
    this.folders.set(name, folders);
    return folders;
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
