// Compiles apps/, libs/ and ormconfig.ts to dist/ with SWC: only what is stale, and removes what has no source any more.
// SWC resolves the `@foyer/<lib>` aliases to relative paths, so that dist/ runs on plain Node. Types are checked by `tsc` (npm run check).
import { transformFile } from '@swc/core';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'dist');
const sources = ['apps', 'libs', 'ormconfig.ts'];
const assets = /\.(hbs|css|svg|json|html|ya?ml)$/;
const configuration = ['.swcrc', 'package-lock.json', 'scripts/build.mjs'];

/** @param {string} path a folder or file below the root @returns {Promise<string[]>} the files, relative to the root */
async function filesBelow(path) {
  const found = await stat(join(root, path));
  if (found.isFile()) return [path];
  const entries = await readdir(join(root, path), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

const modified = async (path) => (existsSync(path) ? (await stat(path)).mtimeMs : 0);

/** Where a source goes in dist/, or undefined when it is not part of the product. */
function target(file) {
  if (/(\.spec|\.d|conformance)\.ts$|\/conformance\//.test(file)) return undefined;
  if (file.endsWith('.ts')) return join(out, file.replace(/\.ts$/, '.js'));
  return assets.test(file) ? join(out, file) : undefined;
}

async function compile(file, to) {
  await mkdir(dirname(to), { recursive: true });
  if (!file.endsWith('.ts')) return copyFile(join(root, file), to);
  const { code, map } = await transformFile(join(root, file), {
    configFile: join(root, '.swcrc'),
    jsc: { baseUrl: root, paths: { '@foyer/*': ['./libs/*/index.ts'] } },
  });
  await writeFile(`${to}.map`, map ?? '');
  await writeFile(to, `${code}\n//# sourceMappingURL=${to.split('/').at(-1)}.map\n`);
}

/** @returns {Promise<number>} how many files were compiled or copied */
export async function build() {
  const newest = Math.max(...(await Promise.all(configuration.map((file) => modified(join(root, file))))));
  const jobs = new Map();
  for (const file of (await Promise.all(sources.map(filesBelow))).flat()) {
    const to = target(file);
    if (to) jobs.set(to, file);
  }
  if (existsSync(out)) {
    for (const entry of await readdir(out, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && !jobs.has(path.replace(/\.map$/, ''))) await rm(path);
    }
  }
  const stale = [];
  for (const [to, file] of jobs) {
    const built = await modified(to);
    if (built < newest || built < (await modified(join(root, file)))) stale.push([to, file]);
  }
  const lanes = Array.from({ length: availableParallelism() }, async () => {
    for (let next = stale.pop(); next; next = stale.pop()) await compile(next[1], next[0]);
  });
  const count = stale.length;
  await Promise.all(lanes);
  return count;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const started = performance.now();
  const count = await build();
  console.log(`build: ${count} files in ${Math.round(performance.now() - started)} ms`);
}
