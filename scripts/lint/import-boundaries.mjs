// The rule `foyer/import-boundaries`: apps import libs, never the reverse; a lib is imported only through its door; and only as layers.mjs lets it.
import { dirname, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allowedImports, connectors, reach } from './layers.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Who a file belongs to, or undefined when no rule is about it.
 * @returns {{ name: string, folder: string, files: string[], libs: readonly string[] | undefined } | undefined} the owner's name and folder,
 *   what its relative imports may reach beyond the folder, and the libs that it may import (undefined: all)
 */
function ownerOf(path) {
  const [first, name] = path.split('/');
  const files = path.endsWith('.spec.ts') ? reach.spec : [];
  if (path.startsWith(`${connectors.folder}/`)) {
    const connector = path.slice(connectors.folder.length + 1).split('/')[0];
    const owner = { name: `connector ${connector}`, folder: `${connectors.folder}/${connector}/`, libs: connectors.libs };
    return { ...owner, files: [...connectors.files, ...files] };
  }
  if (first === 'libs') return { name: `lib ${name}`, folder: `libs/${name}/`, files, libs: allowedImports[name] ?? [] };
  if (first === 'apps') return { name: `app ${name}`, folder: `apps/${name}/`, files: reach.apps, libs: undefined };
  if (first === 'test') return { name: 'test', folder: 'test/', files: reach.test, libs: undefined };
  if (path === 'ormconfig.ts') return { name: path, folder: path, files: reach[path], libs: undefined };
  return undefined;
}

/** @returns {string | undefined} what is wrong with the import */
function faultOf(owner, path, specifier) {
  const [, lib, deep] = /^@foyer\/([^/]+)(\/.*)?$/.exec(specifier) ?? [];
  if (deep) return `A lib is imported only through its door: '@foyer/${lib}'.`;
  if (lib && owner.folder === `libs/${lib}/`) return `Inside lib ${lib}, import the file itself with a relative path, not the door.`;
  if (lib && owner.libs && !owner.libs.includes(lib)) {
    return `${owner.name} may import ${owner.libs.join(', ') || 'no other lib'} (scripts/lint/layers.mjs); this imports ${lib}.`;
  }
  if (!/^\.\.?(\/|$)/.test(specifier)) return undefined;
  const target = posix.normalize(posix.join(posix.dirname(path), specifier)).replace(/\.js$/, '.ts');
  if (target.startsWith(owner.folder)) return undefined;
  if (owner.files.some((file) => (file.endsWith('/') ? target.startsWith(file) : target === file))) return undefined;
  return `A relative import must not leave ${dirname(owner.folder + 'x')}: '${target}' is not part of ${owner.name}.`;
}

export const importBoundaries = {
  create(context) {
    const path = relative(root, context.filename).split(sep).join('/');
    const owner = ownerOf(path);
    if (!owner) return {};
    const look = (source) => {
      const specifier = source?.literal?.value ?? source?.value;
      const message = typeof specifier === 'string' ? faultOf(owner, path, specifier) : undefined;
      if (message) context.report({ node: source, message });
    };
    return {
      Program(node) {
        const lib = /^libs\/([^/]+)\//.exec(path)?.[1];
        if (lib && !allowedImports[lib]) context.report({ node, message: `The lib ${lib} has no line in scripts/lint/layers.mjs.` });
      },
      ImportDeclaration: (node) => look(node.source),
      ExportAllDeclaration: (node) => look(node.source),
      ExportNamedDeclaration: (node) => look(node.source),
      ImportExpression: (node) => look(node.source),
      TSImportType: (node) => look(node.source ?? node.argument),
    };
  },
};
