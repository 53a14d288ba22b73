// What the steps of a build ask about files. Node's built-ins only.
import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** @returns {string[]} the files below a folder, relative to it */
export const filesBelow = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));

/** When a file was changed, in milliseconds since the epoch; 0 for one that is not there. */
export const modified = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
