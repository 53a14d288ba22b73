import { FoyerError, type InputFault } from '../errors/foyer-error.js';
import { hostileFaults } from '../validation/hostile.js';
import { keyPath } from '../validation/path.js';
import { pictureFaults, type Entry, type Picture } from './picture.js';
import { copyOf, isPlain } from './plain.js';
import { below, restoreSecrets } from './secrets.js';
import type { ConfigurableSection, SettingsObject, StoredObject } from './section.js';

/** Sealed secrets are a third longer, and a column holds 65,535 bytes. */
const maxBytes = 45_000;

export interface StoredSection {
  readonly section: ConfigurableSection;
  readonly objects: readonly StoredObject<SettingsObject>[];
}

/** Input that asks for an object to be as it says. */
export interface ItemRequest {
  readonly section: ConfigurableSection;
  readonly input: unknown;
  /** Where the input is, such as `applications[0]`; empty for a request of its own. */
  readonly path: string;
  readonly stored: StoredObject<SettingsObject> | undefined;
  /** What a secret that the input does not mention means. */
  readonly omittedSecrets: 'keep' | 'drop';
}

/** What the settings would be, and every fault in that. */
export interface Draft extends Picture {
  readonly faults: readonly InputFault[];
}

/**
 * Puts together what is asked for and what is stored.
 * @param removes where it is said that a stored object goes, if nothing else is asked for it: a path as in {@link ItemRequest}; undefined: it stays
 */
export function draft(
  stored: readonly StoredSection[],
  requests: readonly ItemRequest[],
  removes: (section: ConfigurableSection, object: StoredObject<SettingsObject>) => string | undefined,
): Draft {
  const asked = requests.map(toEntry);
  const replaced = new Set(requests.map((request) => request.stored));
  const others = stored.flatMap(({ section, objects }) =>
    objects
      .filter((object) => !replaced.has(object))
      .map((object): Entry => ({ section, name: object.name, settings: object.settings, stored: object, path: undefined })),
  );
  const removed = others.map((entry) => ({ ...entry, path: entry.stored && removes(entry.section, entry.stored) }));
  const stays = others.filter((_, index) => removed[index]?.path === undefined);
  const picture = { entries: [...asked.map(({ entry }) => entry), ...stays], removed: removed.filter(({ path }) => path !== undefined) };
  return { ...picture, faults: [...asked.flatMap(({ faults }) => faults), ...pictureFaults(picture)] };
}

function toEntry({ section, input: given, path, stored, omittedSecrets }: ItemRequest): { entry: Entry; faults: readonly InputFault[] } {
  const hostile = hostileFaults(given, path);
  if (hostile.length > 0) return { entry: { section, name: '', settings: undefined, stored, path }, faults: hostile };
  const input = copyOf(given);
  const masks = isPlain(input) ? restoreSecrets(input, section.secrets, stored?.settings, { omitted: omittedSecrets, path }) : [];
  const { settings, faults } = normalized(section, input, path);
  const said = new Set(masks.map((fault) => fault.path));
  const changed = settings && stored ? (section.changeFaults?.(stored.settings, settings) ?? []) : [];
  const all = [
    ...masks,
    ...faults.filter((fault) => !said.has(fault.path)),
    ...changed.map((fault) => ({ ...fault, path: below(path, fault.path) })),
  ];
  return { entry: { section, name: nameOf(section, input), settings: all.length > 0 ? undefined : settings, stored, path }, faults: all };
}

/** The name that input gives its object, empty when it gives none. */
export function nameOf(section: ConfigurableSection, input: unknown): string {
  const name = isPlain(input) ? input[section.nameKey] : undefined;
  return typeof name === 'string' ? name : '';
}

function normalized(
  section: ConfigurableSection,
  input: unknown,
  path: string,
): { settings?: SettingsObject; faults: readonly InputFault[] } {
  try {
    const settings = section.normalize(input, path);
    if (Buffer.byteLength(JSON.stringify(settings)) <= maxBytes) return { settings, faults: [] };
    return { faults: [{ path, code: 'value.tooLong', message: `must have at most ${maxBytes} bytes as JSON` }] };
  } catch (error) {
    if (!(error instanceof FoyerError) || error.kind !== 'invalid') throw error;
    const whole = { path: keyPath(path, section.nameKey), code: error.code, message: error.message };
    return { faults: error.faults.length > 0 ? error.faults : [whole] };
  }
}
