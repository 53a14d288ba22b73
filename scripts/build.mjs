// Builds the product in two steps, each only as far as it is stale. SWC compiles apps/, libs/ and ormconfig.ts to modules, file by file, with the
// `@foyer/<lib>` aliases resolved to relative paths, so that they run on plain Node; what has no source any more is removed. programs.mjs bundles them
// into the programs of dist/. Types are checked by `tsc` (npm run check).
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesBelow, modified } from './files.mjs';
import { bundle, programs, programsAreStale } from './programs.mjs';

const self = fileURLToPath(import.meta.url);
const root = fileURLToPath(new URL('..', import.meta.url));
/** What is compiled where: the modules of the product and the demo, and beside them the benchmarks and the processes that tests kill. */
const targets = {
  modules: { out: join(root, '.cache', 'modules'), sources: ['apps', 'libs', 'ormconfig.ts'] },
  mortals: {
    out: join(root, '.cache', 'mortals'),
    sources: ['libs', 'ormconfig.ts', 'test/support/fuse.ts', 'test/support/provisioning-site.ts', 'test/support/mortals/program.ts'],
  },
  bench: {
    out: join(root, '.cache', 'bench'),
    sources: ['test/bench', 'test/support/scripted-provider.ts', 'test/support/tcp-proxy.ts', 'test/e2e/admin-client.ts'],
  },
};
const assets = /\.(hbs|css|svg|json|html|ya?ml)$/;
const configuration = ['.swcrc', 'package-lock.json', 'scripts/build.mjs', 'scripts/files.mjs', 'scripts/programs.mjs'];

/** @returns {string[]} the files at or below a path, relative to the root */
const sourcesAt = (path) => (statSync(join(root, path)).isFile() ? [path] : filesBelow(join(root, path)).map((file) => join(path, file)));

/** Where a source goes, or undefined when it is only for tests. */
function placeOf(file, out) {
  if (/(\.spec|\.d|conformance)\.ts$|\/conformance\//.test(file)) return undefined;
  if (file.endsWith('.ts')) return join(out, file.replace(/\.ts$/, '.js'));
  return assets.test(file) ? join(out, file) : undefined;
}

/** What a build lacks or has in an older state than the sources, and what it has too much. */
function compareWithSources({ out, sources }) {
  const newest = Math.max(...configuration.map((file) => modified(join(root, file))));
  const wanted = new Map();
  for (const file of sources.flatMap(sourcesAt)) {
    const to = placeOf(file, out);
    if (to) wanted.set(to, file);
  }
  const present = existsSync(out) ? filesBelow(out).map((file) => join(out, file)) : [];
  return {
    stale: [...wanted].filter(([to, file]) => modified(to) < Math.max(newest, modified(join(root, file)))),
    orphans: present.filter((path) => !wanted.has(path.replace(/\.map$/, ''))),
  };
}

async function compile(transformFile, file, to) {
  mkdirSync(dirname(to), { recursive: true });
  if (!file.endsWith('.ts')) return copyFileSync(join(root, file), to);
  const { code, map } = await transformFile(join(root, file), {
    configFile: join(root, '.swcrc'),
    jsc: { baseUrl: root, paths: { '@foyer/*': ['./libs/*/index.ts'] } },
  });
  writeFileSync(`${to}.map`, map ?? '');
  writeFileSync(to, `${code}\n//# sourceMappingURL=${basename(to)}.map\n`);
}

async function compileAll(stale) {
  const { transformFile } = await import('@swc/core');
  const queue = [...stale];
  const lanes = Array.from({ length: availableParallelism() }, async () => {
    for (let next = queue.pop(); next; next = queue.pop()) await compile(transformFile, next[1], next[0]);
  });
  await Promise.all(lanes);
  return stale.length;
}

/** In a process of its own, so that the memory of compiler and bundler is gone when the program that was built starts. */
const inProcess = (step) => spawnSync(process.execPath, [self, step], { stdio: ['ignore', 2, 2] }).status === 0;

/**
 * Brings a build up to date.
 * @param {'product' | keyof typeof targets} name the product is its modules and its programs
 * @returns {boolean} whether it is now what the sources say; if not, the compiler has said why on stderr
 */
export function build(name = 'product') {
  if (name === 'product') return build('modules') && (!programsAreStale(targets.modules.out, configuration) || inProcess('programs'));
  const { stale, orphans } = compareWithSources(targets[name]);
  for (const path of orphans) rmSync(path, { force: true });
  return stale.length === 0 || inProcess(name);
}

/** @param {'product' | keyof typeof targets} name */
export const outputOf = (name) => (name === 'product' ? programs : targets[name].out);

/** What the process that is started for one step does. */
async function takeStep(name) {
  const started = performance.now();
  const count = name === 'programs' ? await bundle(targets.modules.out) : await compileAll(compareWithSources(targets[name]).stale);
  console.log(`build: ${name}, ${count} files in ${Math.round(performance.now() - started)} ms`);
}

if (process.argv[1] === self) {
  const [, , step] = process.argv;
  if (step) await takeStep(step);
  else if (!build()) process.exitCode = 1;
}
