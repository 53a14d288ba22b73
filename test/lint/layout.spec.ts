import { expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allowedImports } from '../../scripts/lint/layers.mjs';

const root = join(import.meta.dirname, '../..');
const folders = (path: string) => readdirSync(join(root, path)).map((name) => `${path}/${name}`);

interface NestCli {
  readonly projects: Readonly<Record<string, { readonly root: string; readonly entryFile: string }>>;
}

test('nest-cli.json names the apps and libs that exist, with their entry files', () => {
  const { projects } = JSON.parse(readFileSync(join(root, 'nest-cli.json'), 'utf8')) as NestCli;
  expect(
    Object.values(projects)
      .map((project) => project.root)
      .sort(),
  ).toEqual([...folders('apps'), ...folders('libs')].sort());
  const entries = Object.values(projects).map((project) => join(project.root, `${project.entryFile}.ts`));
  expect(entries.filter((entry) => !existsSync(join(root, entry)))).toEqual([]);
});

test('the import table names the libs that exist', () => {
  expect(
    Object.keys(allowedImports)
      .map((lib) => `libs/${lib}`)
      .sort(),
  ).toEqual(folders('libs').sort());
});

test('the import table has no cycle', () => {
  const reach = (lib: string, seen: readonly string[]): string[] =>
    (allowedImports[lib] ?? []).flatMap((next) => (seen.includes(next) ? [[...seen, next].join(' → ')] : reach(next, [...seen, next])));
  expect(Object.keys(allowedImports).flatMap((lib) => reach(lib, [lib]))).toEqual([]);
});
