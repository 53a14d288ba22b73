import { cpSync, linkSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DockerfileParser, type Copy, type Instruction } from 'dockerfile-ast';
import { projectRoot } from '../../apps/demo/foyer-process.js';

const root = projectRoot();

export const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');

/** The instructions of each stage, `FROM` first. */
export function stages(): Instruction[][] {
  const found: Instruction[][] = [];
  for (const instruction of DockerfileParser.parse(dockerfile).getInstructions()) {
    if (instruction.getKeyword() === 'FROM') found.push([]);
    found.at(-1)?.push(instruction);
  }
  return found;
}

export const argumentsOf = (instruction: Instruction): string[] => instruction.getArguments().map((argument) => argument.getValue());

/** The words of an instruction's command, which is written as a JSON array. */
export function wordsOf(instruction: Instruction | undefined): string[] {
  const [words] = /\[.*\]$/s.exec(instruction?.getRawArgumentsContent() ?? '') ?? [];
  return words === undefined ? [] : (JSON.parse(words) as string[]);
}

interface Copied {
  readonly from: string | undefined;
  readonly sources: readonly string[];
  readonly target: string;
}

/** What a stage copies, in order. */
export const copiesOf = (stage: readonly Instruction[]): Copied[] =>
  stage
    .filter((instruction): instruction is Copy => instruction.getKeyword() === 'COPY')
    .map((instruction) => {
      const words = argumentsOf(instruction);
      return { from: instruction.getFromFlag()?.getValue() ?? undefined, sources: words.slice(0, -1), target: words.at(-1) ?? '' };
    });

/** Lays a folder's files at another place without copying what is in them. */
function link(from: string, to: string): void {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const target = join(to, path.slice(from.length));
    mkdirSync(entry.isDirectory() ? target : dirname(target), { recursive: true });
    if (entry.isFile()) linkSync(path, target);
  }
}

/** What `npm prune --omit=dev` leaves. */
function linkProductionPackages(to: string): void {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, { dev?: boolean }> };
  const names = new Set(readdirSync(join(root, 'node_modules'), { recursive: false }).map(String));
  for (const [path, { dev }] of Object.entries(lock.packages)) {
    const [, name = ''] = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path) ?? [];
    const isInstalled = names.has(name.split('/')[0] ?? '');
    if (name && !dev && isInstalled) linkIfThere(join(root, path), join(to, name));
  }
}

function linkIfThere(from: string, to: string): void {
  try {
    link(from, to);
  } catch (error) {
    // A package for another platform.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/**
 * Does what the last stage of the Dockerfile does, without a container: lays into a folder what it copies from the project as it is built here, with the
 * packages of production alone. `/app` of the image is the folder.
 */
export function layImage(folder: string): void {
  const last = stages().at(-1) ?? [];
  for (const { from, sources, target } of copiesOf(last)) {
    for (const source of sources) {
      const path = from === undefined ? source : source.replace(/^\/app\//, '');
      const to = target.endsWith('/') ? join(folder, target, path.split('/').at(-1) ?? '') : join(folder, target);
      if (path === 'node_modules') linkProductionPackages(to);
      else cpSync(join(root, path), to, { recursive: true });
    }
  }
}
