import { FoyerError } from '../errors/foyer-error.js';
import { collectFaults } from '../validation/input.js';
import type { Plain } from './plain.js';

/** What a newer version of Foyer keeps with an object, beyond what this one knows: it is kept when this one saves the object. */
export interface Beyond {
  readonly config: Plain;
  /** Sealed. */
  readonly secrets: Readonly<Record<string, string>>;
}

const code = 'settings.newerVersion';

/** Choices are only ever added: one that this version does not have is of a newer one. */
const isNewer: ReadonlySet<string> = new Set(['value.notOneOf', 'settings.notSupported']);

/**
 * Settings that were stored, by a version that may be newer than this one: during an upgrade both run side by side.
 * @param what names the object: `identityProvider acme`
 * @throws FoyerError `settings.newerVersion` when this version does not know what they choose
 */
export function understood<T>(what: string, dto: new () => object, config: Plain, read: () => T): T {
  const [fault] = collectFaults(dto, config).filter((one) => isNewer.has(one.code));
  try {
    if (!fault) return read();
  } catch (cause) {
    throw newer(what, undefined, cause);
  }
  throw newer(what, fault.path);
}

function newer(what: string, path?: string, cause?: unknown): FoyerError {
  const about = path === undefined ? '' : ` (${path})`;
  const message = `The settings of ${what} were saved by a newer version of Foyer${about}. Change settings on a server of that version.`;
  return new FoyerError('conflict', code, message, { cause });
}

export const isOfNewerVersion = (error: unknown): error is FoyerError => error instanceof FoyerError && error.code === code;
