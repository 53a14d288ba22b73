import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CLOCK, type Clock } from '../clock.js';
import { Database, isUniqueViolation, type Transaction } from '../database/database.js';
import { SettingsRevision } from '../database/settings-revision.js';
import { FoyerError, invalidInput, type InputFault } from '../errors/foyer-error.js';
import { mergePatch } from '../http/merge-patch.js';
import type { Precondition } from '../http/precondition.js';
import { differences, type FieldDifference } from './difference.js';
import { draft, nameOf, type Draft, type ItemRequest, type StoredSection } from './draft.js';
import type { Entry } from './picture.js';
import type { Plain } from './plain.js';
import { masked, withoutSecrets } from './secrets.js';
import type { ConfigurableSection, SettingsObject, StoredObject } from './section.js';

/** Nest token of the sections, an array in the order in which they refer to each other: what is referred to comes first. */
export const SETTINGS_SECTIONS = Symbol('SettingsSections');

/** What a file says about one section. */
export interface SectionInput {
  readonly key: string;
  readonly items: readonly { readonly input: unknown; readonly path: string }[];
}

/** What becomes of one object. */
export interface SettingsChange {
  readonly section: string;
  readonly name: string;
  readonly action: 'added' | 'changed' | 'removed';
  readonly fields: readonly FieldDifference[];
}

/** An object's settings before and after a change; undefined where there is none. */
export interface SettingsStates<T extends SettingsObject = SettingsObject> {
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** Throws when the caller may not make these changes to an object, create it so, or remove it. In the fields secrets are masked. */
export type Authorize = (states: SettingsStates, fields: readonly FieldDifference[]) => void;

type Stored = StoredObject<SettingsObject>;

/**
 * Changes settings objects, by the admin API or from a file. Whatever is changed is checked as a whole, with everything that is stored, before
 * anything is written; then it is written in one transaction, and all processes follow.
 */
@Injectable()
export class SiteSettings {
  constructor(
    private readonly database: Database,
    private readonly revision: SettingsRevision,
    @Inject(SETTINGS_SECTIONS) private readonly sections: readonly ConfigurableSection[],
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The keys of all sections, in the order in which a file has them. */
  get keys(): readonly string[] {
    return this.sections.map(({ key }) => key);
  }

  /** @throws FoyerError `settings.notFound` */
  async get(key: string, name: string): Promise<Stored> {
    const section = this.section(key);
    return found(section, [{ section, objects: await section.readable(this.database.read) }], name);
  }

  /** @throws FoyerError `name.taken` (conflict), `input.invalid`, or what `authorize` throws */
  create(key: string, input: unknown, authorize: Authorize = () => undefined): Promise<Stored> {
    const section = this.section(key);
    const name = nameOf(section, input);
    return this.write(
      async (stored) => {
        if (find(section, stored, name)) {
          const fault = { path: section.nameKey, code: 'name.taken', message: `is the name of another ${section.title}` };
          throw new FoyerError('conflict', 'name.taken', `There is a ${section.title} of this name already.`, { faults: [fault] });
        }
        const next = accepted(draft(stored, [{ section, input, path: '', stored: undefined, omittedSecrets: 'drop' }], () => undefined));
        authorizeChanges(next, authorize);
        return next;
      },
      { section, name },
    );
  }

  /**
   * Applies a merge patch (RFC 7396) to the object as the API shows it. A patch that changes nothing leaves the version as it is.
   * @throws FoyerError `settings.notFound`, `version.stale`, `input.invalid`, or what `authorize` throws
   */
  patch(key: string, name: string, precondition: Precondition, patch: unknown, authorize: Authorize = () => undefined): Promise<Stored> {
    const section = this.section(key);
    return this.write(
      async (stored) => {
        const current = found(section, stored, name);
        precondition.check(current);
        const input = mergePatch(masked(current.settings, section.secrets), patch);
        const next = accepted(draft(stored, [{ section, input, path: '', stored: current, omittedSecrets: 'drop' }], () => undefined));
        if (section.nameKeyOf(nameOf(section, input)) !== section.nameKeyOf(current.name)) {
          throw invalidInput([{ path: section.nameKey, code: 'name.fixed', message: 'never changes: create another object instead' }]);
        }
        authorizeChanges(next, authorize);
        return next;
      },
      { section, name },
    );
  }

  /** @throws FoyerError `settings.notFound`, `version.stale`, `reference.inUse` (conflict) when another object names it; or what `authorize` throws */
  async remove(key: string, name: string, precondition: Precondition, authorize: Authorize = () => undefined): Promise<void> {
    const section = this.section(key);
    await this.change(async (stored) => {
      const current = found(section, stored, name);
      precondition.check(current);
      if (section.permanent(current.name))
        throw new FoyerError('conflict', 'settings.permanent', `This ${section.title} cannot be removed.`);
      authorize({ before: current.settings, after: undefined }, []);
      return accepted(draft(stored, [], (_, object) => (object === current ? '' : undefined)));
    });
  }

  /**
   * Makes the settings what a file says: its objects replace those of the same name, secrets that it leaves out stay, objects that it does not
   * name stay unless `prune`, which reaches only sections that the file has.
   * @returns what changed, or with `dryRun` what would; nothing when the file says what is stored
   * @throws FoyerError `input.invalid` with every fault, before anything is written
   */
  async apply(input: readonly SectionInput[], options: { readonly prune: boolean; readonly dryRun: boolean }): Promise<SettingsChange[]> {
    const plan = (stored: readonly StoredSection[]): Draft => {
      const { requests, faults } = this.requests(stored, input);
      const given = new Set(input.map(({ key }) => key));
      const removes = (section: ConfigurableSection, object: Stored): string | undefined =>
        options.prune && given.has(section.key) && !section.permanent(object.name) ? section.key : undefined;
      const next = draft(stored, requests, removes);
      return accepted({ ...next, faults: [...faults, ...next.faults] });
    };
    if (options.dryRun) return changesOf(plan(await this.stored(this.database.read)));
    return this.change(async (stored) => plan(stored));
  }

  /** All settings, without secrets, as a file has them. */
  async export(): Promise<Record<string, Plain[]>> {
    const stored = await this.stored(this.database.read);
    return Object.fromEntries(
      stored.map(({ section, objects }) => [section.key, objects.map(({ settings }) => withoutSecrets(settings, section.secrets))]),
    );
  }

  private requests(stored: readonly StoredSection[], input: readonly SectionInput[]): { requests: ItemRequest[]; faults: InputFault[] } {
    const names = new Set<string>();
    const faults: InputFault[] = [];
    const requests = input.flatMap(({ key, items }) => {
      const section = this.section(key);
      return items.map((item): ItemRequest => {
        const name = nameOf(section, item.input);
        const known = `${key}/${section.nameKeyOf(name)}`;
        if (name !== '' && names.has(known)) {
          faults.push({
            path: `${item.path}.${section.nameKey}`,
            code: 'value.duplicate',
            message: `is the name of another ${section.title} in this file`,
          });
        }
        names.add(known);
        return { section, input: item.input, path: item.path, stored: find(section, stored, name), omittedSecrets: 'keep' };
      });
    });
    return { requests, faults };
  }

  private async write(
    plan: (stored: readonly StoredSection[]) => Promise<Draft>,
    of: { section: ConfigurableSection; name: string },
  ): Promise<Stored> {
    await this.change(plan);
    return this.get(of.section.key, of.name);
  }

  /** Reads, plans, writes and counts the revision up, in one transaction that other writers of settings wait for. */
  private async change(plan: (stored: readonly StoredSection[]) => Promise<Draft>): Promise<SettingsChange[]> {
    const changes = await this.database
      .transaction(async (tx) => {
        await this.revision.lock(tx);
        const next = await plan(await this.stored(tx));
        return this.carryOut(tx, next);
      })
      .catch((error: unknown) => {
        if (!isUniqueViolation(error)) throw error;
        throw new FoyerError(
          'conflict',
          'value.taken',
          'Two objects exchange a value that only one may have. Change them one after the other.',
          { cause: error },
        );
      });
    if (changes.length > 0) await this.revision.refresh();
    return changes;
  }

  private async carryOut(tx: Transaction, next: Draft): Promise<SettingsChange[]> {
    const changes = changesOf(next);
    if (changes.length === 0) return changes;
    const now = this.clock.now();
    const order = (entries: readonly Entry[]): Entry[] =>
      [...entries].sort((a, b) => this.sections.indexOf(a.section) - this.sections.indexOf(b.section));
    for (const { section, stored } of order(next.removed).reverse()) if (stored) await section.remove(tx, stored);
    for (const entry of order(next.entries)) {
      if (entry.settings && isChanged(entry)) await entry.section.save(tx, entry.settings, entry.stored, now);
    }
    await this.revision.bump(tx);
    return changes;
  }

  private async stored(em: EntityManager): Promise<StoredSection[]> {
    const all: StoredSection[] = [];
    for (const section of this.sections) all.push({ section, objects: await section.list(em) });
    return all;
  }

  private section(key: string): ConfigurableSection {
    const section = this.sections.find((one) => one.key === key);
    if (!section) throw new TypeError(`There is no section ${key}`);
    return section;
  }
}

/** @throws FoyerError with all faults: a conflict when nothing is wrong but that something else is in the way */
function accepted(next: Draft): Draft {
  const [first] = next.faults;
  if (!first) return next;
  const inTheWay = ['reference.inUse', 'value.taken'];
  if (!next.faults.every(({ code }) => inTheWay.includes(code))) throw invalidInput(next.faults);
  throw new FoyerError('conflict', first.code, `${first.path || 'The site'} ${first.message}.`, { faults: next.faults });
}

function changesOf({ entries, removed }: Draft): SettingsChange[] {
  const kept = entries.filter(isChanged).map((entry): SettingsChange => ({
    section: entry.section.key,
    name: entry.name,
    action: entry.stored ? 'changed' : 'added',
    fields: fieldsOf(entry),
  }));
  const gone = removed.map(({ section, name }): SettingsChange => ({ section: section.key, name, action: 'removed', fields: [] }));
  return [...kept, ...gone];
}

function authorizeChanges({ entries }: Draft, authorize: Authorize): void {
  for (const entry of entries.filter(isChanged)) authorize({ before: entry.stored?.settings, after: entry.settings }, fieldsOf(entry));
}

const fieldsOf = ({ section, settings, stored }: Entry): FieldDifference[] =>
  differences(stored?.settings ?? {}, settings ?? {}, section.secrets);
const isChanged = (entry: Entry): boolean => entry.path !== undefined && fieldsOf(entry).length > 0;

const find = (section: ConfigurableSection, stored: readonly StoredSection[], name: string): Stored | undefined =>
  stored.find((one) => one.section === section)?.objects.find((object) => section.nameKeyOf(object.name) === section.nameKeyOf(name));

function found(section: ConfigurableSection, stored: readonly StoredSection[], name: string): Stored {
  const object = find(section, stored, name);
  if (object) return object;
  throw new FoyerError('notFound', 'settings.notFound', `There is no ${section.title} of this name.`);
}
