import { constants, copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { builtInThemes, defaultTheme, FoyerError, objectName } from '@foyer/platform';

/**
 * Copies the built-in theme to `{folder}/{theme}`, to be changed there. All or nothing: it never writes over a file.
 * @param folder what `FOYER_THEME_DIR` shall name
 * @returns what to tell whoever asked for it
 * @throws FoyerError `theme.name` and `theme.exists`
 */
export function initTheme(folder: string, theme: string = defaultTheme): string {
  if (!objectName.pattern.test(theme)) throw new FoyerError('invalid', 'theme.name', `The name of a theme ${objectName.patternMessage}.`);
  const source = join(builtInThemes, defaultTheme);
  const target = resolve(folder, theme);
  const files = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(source, join(entry.parentPath, entry.name)))
    .toSorted();
  const taken = files.map((file) => join(target, file)).filter((path) => existsSync(path));
  if (taken.length > 0) {
    const message = `Nothing was written, because these files are there already:\n${taken.map((path) => `  ${path}`).join('\n')}`;
    throw new FoyerError('conflict', 'theme.exists', message);
  }
  for (const file of files) {
    mkdirSync(dirname(join(target, file)), { recursive: true });
    copyFileSync(join(source, file), join(target, file), constants.COPYFILE_EXCL);
  }
  return `${files.map((file) => `Wrote ${join(target, file)}\n`).join('')}${nextSteps(resolve(folder), theme)}`;
}

function nextSteps(folder: string, theme: string): string {
  const used =
    theme === defaultTheme ? 'It is then used by every page.' : `An application or identity provider uses it with "theme: ${theme}".`;
  return `
Start Foyer with FOYER_THEME_DIR=${folder}. ${used}
Delete what you do not change: what is missing comes from Foyer, and follows its updates.
Look at it with: FOYER_THEME_DIR=${folder} foyer theme preview${theme === defaultTheme ? '' : ` --theme ${theme}`}
`;
}
