import { readdirSync, statSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../errors/error-code.js';
import type { ThemeProblems } from './theme-problems.js';

/** A file of a theme as it was at the last look. */
export interface ThemeFile {
  readonly path: string;
  /** Another one when the file has changed. */
  readonly revision: string;
}

/** Files by their path inside the theme, such as `templates/sign-in.hbs`. */
export type FolderFiles = ReadonlyMap<string, ThemeFile>;

const kinds = ['templates', 'static', 'messages'];
const safeFile = /^[A-Za-z0-9_-]+(\.[a-z0-9]+)+$/;
const none: FolderFiles = new Map();

/**
 * One theme in one folder. It is looked through again when the last look is older than `memoryMs`: that sees every change, also on network drives and
 * in mounted configuration, where notifications do not come, and costs a `stat` for each file in that time however many pages are shown.
 */
export class ThemeFolder {
  private known: FolderFiles = none;
  private freshUntil = -Infinity;

  constructor(
    private readonly path: string,
    private readonly memoryMs: number,
    private readonly now: () => number,
    private readonly problems: ThemeProblems,
  ) {}

  /** The same map for as long as nothing has changed. */
  files(): FolderFiles {
    if (this.now() < this.freshUntil) return this.known;
    const found = this.look();
    if (!sameFiles(found, this.known)) this.known = found;
    this.freshUntil = this.now() + this.memoryMs;
    return this.known;
  }

  /** One level deep, and only names that are safe in an address; a link counts as what it leads to. */
  private look(): FolderFiles {
    const files = kinds.flatMap((kind) =>
      this.namesIn(join(this.path, kind)).flatMap((name): [string, ThemeFile][] => {
        const path = join(this.path, kind, name);
        const stats = safeFile.test(name) ? statsOf(path) : undefined;
        return stats?.isFile() ? [[`${kind}/${name}`, { path, revision: `${stats.mtimeMs}.${stats.size}.${stats.ino}` }]] : [];
      }),
    );
    return files.length === 0 ? none : new Map(files);
  }

  private namesIn(folder: string): string[] {
    try {
      return readdirSync(folder);
    } catch (error) {
      if (!['ENOENT', 'ENOTDIR'].includes(errorCode(error))) this.problems.report(folder, '', error);
      return [];
    }
  }
}

/** A file may vanish between being listed and being looked at. */
function statsOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function sameFiles(one: FolderFiles, other: FolderFiles): boolean {
  return one.size === other.size && [...one].every(([name, file]) => other.get(name)?.revision === file.revision);
}
