import { isUtf8 } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { itemPath, type SectionInput } from '@foyer/platform';
import type { LocatedFault, Positions } from './yaml/positions.js';
import { readYaml, type YamlContent } from './yaml/read-yaml.js';
import { fillFrom } from './yaml/variables.js';

export type { LocatedFault } from './yaml/positions.js';

const maxBytes = 1_048_576;

/** What a settings file says, as far as it can be read without knowing what it means. */
export interface SettingsFile {
  readonly sections: readonly SectionInput[];
  readonly positions: Positions | undefined;
  readonly faults: readonly LocatedFault[];
}

/**
 * Reads a settings file.
 * @param keys the sections that there are
 * @param env what `${NAME}` is filled in from
 */
export async function readSettingsFile(
  file: string,
  keys: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<SettingsFile> {
  const text = await readText(file);
  if (typeof text !== 'string') return { sections: [], positions: undefined, faults: [text] };
  const content = readYaml(text, fillFrom(env, dirname(resolve(file))));
  return { ...sectionsOf(content, keys), positions: content.positions };
}

const wholeFile = (code: string, message: string): LocatedFault => ({ path: '', code, message, line: 1, column: 1 });

async function readText(file: string): Promise<string | LocatedFault> {
  try {
    const tooLarge = wholeFile('file.tooLarge', `must have at most ${maxBytes} bytes`);
    if ((await stat(file)).size > maxBytes) return tooLarge;
    const bytes = await readFile(file);
    // What is no plain file, such as a pipe, does not say its size beforehand.
    if (bytes.length > maxBytes) return tooLarge;
    return isUtf8(bytes) ? new TextDecoder().decode(bytes) : wholeFile('file.encoding', 'must be UTF-8');
  } catch {
    return wholeFile('file.unreadable', 'cannot be read');
  }
}

function sectionsOf({ value, positions, faults }: YamlContent, keys: readonly string[]): Pick<SettingsFile, 'sections' | 'faults'> {
  if (value === undefined) return { sections: [], faults };
  if (value !== null && (typeof value !== 'object' || Array.isArray(value))) {
    return { sections: [], faults: [wholeFile('type.wrong', `must be an object with the keys ${keys.join(', ')}`)] };
  }
  const found: LocatedFault[] = [...faults];
  const sections = Object.entries(value ?? {}).flatMap(([key, items]: [string, unknown]): SectionInput[] => {
    const fault = (code: string, message: string): SectionInput[] => {
      found.push({ path: key, code, message, ...positions.locate(key) });
      return [];
    };
    if (!keys.includes(key)) return fault('key.unknown', `is not a known key; there are ${keys.join(', ')}`);
    if (!Array.isArray(items)) return fault('type.wrong', 'must be a list');
    return [{ key, items: items.map((input: unknown, index) => ({ input, path: itemPath(key, index) })) }];
  });
  return { sections, faults: found };
}
