// Bundles the compiled modules and the packages that they import into the programs of dist/. A start spends most of its time on finding, opening and
// compiling files, and there are some 2,900 of them: bundled, they are a few, and it is ready in little more than half the time (decision 15).
import { cpSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesBelow, modified } from './files.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** The folder that is shipped: programs, what they share, and the files that they read, each at its place among the sources. */
export const programs = join(root, 'dist');
const entries = ['apps/server/main', 'apps/server/cli', 'apps/worker/main'];
/** As deep in dist/ as the programs, so that a place is told in the same way by both. */
const shared = 'apps/shared';

/** Packages that are not taken in: native ones, those that look for files of theirs beside themselves, and what only clusters or some databases need. */
const outside = ['better-sqlite3', '@node-rs/argon2', 'swagger-ui-dist', 'pino', 'bull', 'ioredis', 'mysql2'];
const isOutside = (specifier) => outside.some((name) => specifier === name || specifier.startsWith(`${name}/`));
const isBare = (specifier) => /^[@\w]/.test(specifier);
const isPackage = (id) => id.includes('/node_modules/');

/** What does not exist is left to Node, which then says so to whoever tries: optional parts of packages, which ask first. */
const leaveOutside = {
  name: 'foyer:outside',
  async resolveId(specifier, importer, options) {
    if (!importer || !isBare(specifier) || isBuiltin(specifier)) return null;
    if (isOutside(specifier)) return { id: specifier, external: true };
    const found = await this.resolve(specifier, importer, { ...options, skipSelf: true });
    if (found) return found;
    if (!isPackage(importer)) this.error(`${relative(root, importer)} imports ${specifier}, which is not installed`);
    return { id: specifier, external: true };
  },
};

/** A `require` that a package makes for itself hides from the bundler what is required, and would load it a second time, from node_modules. */
const ownRequire = /^const (\w+) = createRequire\(import\.meta\.url\);$/m;
const seeThroughRequires = {
  name: 'foyer:requires',
  transform(code, id) {
    if (!isPackage(id) || !ownRequire.test(code)) return null;
    return { code: code.replace(ownRequire, (_line, name) => (name === 'require' ? '' : `const ${name} = require;`)), map: null };
  },
};

/** A module of ours that asks for its folder is told where that is in dist/, which has the files of the folder but no longer the module. */
const keepPlaces = (modules) => ({
  name: 'foyer:places',
  load(id) {
    if (!id.startsWith(modules)) return null;
    const folder = `../../${relative(modules, dirname(id))}`;
    const here = `(process.getBuiltinModule('node:path').join(import.meta.dirname, '${folder}'))`;
    const code = readFileSync(id, 'utf8').replaceAll('import.meta.dirname', here);
    return { code, map: readFileSync(`${id}.map`, 'utf8') };
  },
});

const isDemo = (path) => path.startsWith('apps/demo');
const isCode = (path) => /\.js(\.map)?$/.test(path);

/**
 * @param {string} modules the folder with the compiled modules
 * @param {string[]} configuration the files that a build depends on besides, relative to the root
 */
export function programsAreStale(modules, configuration) {
  const oldest = Math.min(...entries.map((entry) => modified(join(programs, `${entry}.js`))));
  const inputs = [...configuration.map((file) => join(root, file)), ...filesBelow(modules).map((file) => join(modules, file))];
  return inputs.some((file) => modified(file) > oldest);
}

/**
 * Makes dist/ anew, whole: what was there works until then.
 * @param {string} modules the folder with the compiled modules
 * @returns {Promise<number>} how many files of code it has
 */
export async function bundle(modules) {
  const { rolldown } = await import('rolldown');
  const made = join(root, '.cache', 'programs');
  const building = await rolldown({
    cwd: root,
    input: Object.fromEntries(entries.map((entry) => [entry, join(modules, `${entry}.js`)])),
    platform: 'node',
    plugins: [leaveOutside, seeThroughRequires, keepPlaces(modules)],
    // Packages may do what they like; that we do not is for the linter to say.
    checks: { eval: false },
    // A warning here is about our own code or about a bundle that will not run.
    onLog: (level, log) => {
      if (level === 'warn') throw new Error(log.message);
    },
  });
  const { output } = await building.write({
    dir: made,
    cleanDir: true,
    format: 'esm',
    sourcemap: true,
    sourcemapPathTransform: (source, map) => relative(dirname(map).replace(made, programs), join(dirname(map), source)),
    entryFileNames: '[name].js',
    chunkFileNames: `${shared}/[name].js`,
    // Names of classes are spoken: by oidc-provider in what it stores, by Nest and TypeORM in their messages.
    keepNames: true,
  });
  await building.close();
  for (const file of filesBelow(modules)) if (!isCode(file) && !isDemo(file)) cpSync(join(modules, file), join(made, file));
  rmSync(programs, { recursive: true, force: true });
  renameSync(made, programs);
  return output.filter(({ type }) => type === 'chunk').length;
}
