import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>;
}

// A registry that offers the packages of some platforms only makes npm leave the others out of the lock file; then `npm ci` refuses it everywhere.
test('the lock file has the native packages of every platform', () => {
  const { packages } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8')) as LockFile;
  const found = (path: string, name: string): boolean => {
    for (let base = path; base; base = base.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, '')) {
      if (packages[`${base}/node_modules/${name}`]) return true;
    }
    return packages[`node_modules/${name}`] !== undefined;
  };
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !found(path, name)),
  );
  expect(missing).toEqual([]);
});
