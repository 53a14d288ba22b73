import type { InputFault } from '../errors/foyer-error.js';
import { below } from './secrets.js';
import type { ConfigurableSection, SettingsObject, SettingsReference, StoredObject } from './section.js';

/** An object as it would be. */
export interface Entry {
  readonly section: ConfigurableSection;
  readonly name: string;
  /** Undefined for input that is faulty: then only its name counts. */
  readonly settings: SettingsObject | undefined;
  readonly stored: StoredObject<SettingsObject> | undefined;
  /** Where the input is that asks for it, such as `applications[0]`; undefined for an object that stays as it is. */
  readonly path: string | undefined;
}

/** All settings objects as they would be after a change. */
export interface Picture {
  readonly entries: readonly Entry[];
  readonly removed: readonly Entry[];
}

/** What must hold between objects: references lead somewhere, and what has to be unique is. */
export function pictureFaults(picture: Picture): InputFault[] {
  return [...referenceFaults(picture), ...uniqueFaults(picture)];
}

function referenceFaults({ entries, removed }: Picture): InputFault[] {
  const sections = new Map([...entries, ...removed].map(({ section }) => [section.key, section]));
  const key = (section: string, name: string): string => `${section}/${sections.get(section)?.nameKeyOf(name) ?? name}`;
  const byKey = (some: readonly Entry[]): Map<string, Entry> => new Map(some.map((entry) => [key(entry.section.key, entry.name), entry]));
  const [present, gone] = [byKey(entries), byKey(removed)];
  return entries.flatMap((entry) => {
    const missing = new Set<string>();
    return (entry.settings ? entry.section.references(entry.settings) : []).flatMap((reference): InputFault[] => {
      const wanted = key(reference.section, reference.name);
      const target = present.get(wanted);
      if (target) return lacking(entry, reference, target);
      // An object may be named in several places, each of which needs something of it: that it is missing is said once.
      if (missing.has(wanted)) return [];
      missing.add(wanted);
      return missingTarget(entry, reference, gone.get(wanted));
    });
  });
}

function missingTarget({ section, name, path }: Entry, reference: SettingsReference, removing: Entry | undefined): InputFault[] {
  if (path !== undefined) {
    const message = `names something in ${reference.section} that does not exist`;
    return [{ path: below(path, reference.path), code: 'reference.unknown', message }];
  }
  if (!removing) return [];
  const message = `cannot do without ${removing.name}: the ${section.title} ${name} names it in ${reference.path}; change that first`;
  return [{ path: removing.path ?? '', code: 'reference.inUse', message }];
}

/** What settings needed already was accepted when that was saved, whatever the object that they name has become since. */
function lacking({ section, stored, path }: Entry, reference: SettingsReference, target: Entry): InputFault[] {
  const { needs } = reference;
  if (needs === undefined || path === undefined || !target.settings) return [];
  const same = (one: SettingsReference): boolean =>
    one.section === reference.section &&
    one.needs === needs &&
    target.section.nameKeyOf(one.name) === target.section.nameKeyOf(reference.name);
  if (stored && section.references(stored.settings).some(same)) return [];
  const lack = target.section.lacks?.(target.settings, needs);
  return lack ? [{ path: below(path, reference.path), ...lack }] : [];
}

function uniqueFaults({ entries }: Picture): InputFault[] {
  const owners = new Map<string, Entry>();
  const faults: InputFault[] = [];
  // Objects that stay come first, so that a fault is found at what is being changed.
  for (const entry of [...entries].sort((a, b) => Number(a.path !== undefined) - Number(b.path !== undefined))) {
    for (const { path, kind, value } of entry.settings ? entry.section.uniqueValues(entry.settings) : []) {
      const key = JSON.stringify([entry.section.key, kind, value]);
      const owner = owners.get(key);
      if (!owner) owners.set(key, entry);
      else if (owner !== entry && entry.path !== undefined) {
        faults.push({
          path: below(entry.path, path),
          code: 'value.taken',
          message: `is a ${kind} that the ${owner.section.title} ${owner.name} has already`,
        });
      }
    }
  }
  return faults;
}
