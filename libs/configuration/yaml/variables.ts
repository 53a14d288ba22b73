import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { InputFault } from '@foyer/platform';
import type { Fill } from './read-yaml.js';

const maxFileBytes = 65_536;

/** `$${` is a `${` that stays; `${NAME}` and `${file:PATH}` are filled in; what else begins with `${` is a mistake. */
const placeholder = /\$\$\{|\$\{([^}]*)\}?/g;

class NotFilled extends Error {
  constructor(readonly fault: Omit<InputFault, 'path'>) {
    super(fault.message);
  }
}

/**
 * Fills in `${NAME}` from the environment and `${file:PATH}` from a file, less one line break at its end. What is filled in is not looked at again.
 * @param folder what relative paths begin at
 */
export function fillFrom(env: Readonly<Record<string, string | undefined>>, folder: string): Fill {
  return (text) => {
    try {
      return {
        value: text.replace(placeholder, (whole, inner: string | undefined) =>
          whole === '$${' ? '${' : valueOf(whole, inner ?? '', env, folder),
        ),
      };
    } catch (error) {
      if (error instanceof NotFilled) return { fault: error.fault };
      throw error;
    }
  };
}

/** A text as it must be written to come back as itself. */
export const escaped = (text: string): string => text.replaceAll('${', () => '$${');

function valueOf(whole: string, inner: string, env: Readonly<Record<string, string | undefined>>, folder: string): string {
  if (whole.endsWith('}') && inner.startsWith('file:')) return fileValue(resolve(folder, inner.slice('file:'.length)));
  if (!whole.endsWith('}') || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(inner)) {
    throw new NotFilled({ code: 'variable.malformed', message: 'must have ${NAME} or ${file:PATH}; a literal ${ is written $${' });
  }
  const value = env[inner];
  if (value === undefined)
    throw new NotFilled({ code: 'variable.unset', message: `needs the environment variable ${inner}, which is not set` });
  return value;
}

function fileValue(path: string): string {
  try {
    if (statSync(path).size > maxFileBytes) throw new RangeError('too large');
    const bytes = readFileSync(path);
    if (!isUtf8(bytes)) throw new TypeError('not UTF-8');
    return new TextDecoder().decode(bytes).replace(/\r?\n$/, '');
  } catch {
    throw new NotFilled({ code: 'variable.file', message: `needs a readable UTF-8 file of at most ${maxFileBytes} bytes at ${path}` });
  }
}
