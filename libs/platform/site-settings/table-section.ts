import type { EntityManager } from 'typeorm';
import type { Vault } from '../crypto/vault.js';
import type { Transaction } from '../database/database.js';
import { invalidInput, type InputFault } from '../errors/foyer-error.js';
import { parseInput } from '../validation/input.js';
import { understood } from './newer-settings.js';
import { fromStored } from './plain.js';
import type { ConfigurableSection, SecretField, SettingsObject, SettingsReference, StoredObject, UniqueValue } from './section.js';
import { SettingsTable, type SettingsTableOptions } from './settings-table.js';

/** What a kind of settings objects is called, how one is written, and where they are kept. */
export interface SectionDeclaration<T extends SettingsObject, Dto extends object> extends Pick<
  SettingsTableOptions<T>,
  'table' | 'kind' | 'columns'
> {
  readonly key: string;
  readonly title: string;
  /** Default: `name`. */
  readonly nameKey?: ConfigurableSection['nameKey'];
  /** Default: none. */
  readonly secrets?: readonly SecretField[];
  readonly dto: new () => Dto;
  /**
   * Fills in what depends on other fields.
   * @param path of the object
   * @param faults gets what is wrong; settings that were stored had nothing wrong when they were saved
   */
  readonly complete: (written: Dto, path: string, faults: InputFault[]) => T;
}

/** A section that keeps its objects in a table. What is particular to a kind, its class says. */
export abstract class TableSection<T extends SettingsObject, Dto extends object> implements ConfigurableSection<T> {
  readonly key: string;
  readonly title: string;
  readonly nameKey: ConfigurableSection['nameKey'];
  readonly secrets: readonly SecretField[];
  readonly table: SettingsTable<T>;

  constructor(
    vault: Vault,
    private readonly declared: SectionDeclaration<T, Dto>,
  ) {
    const { key, title, nameKey = 'name', secrets = [], dto, complete, ...kept } = declared;
    this.key = key;
    this.title = title;
    this.nameKey = nameKey;
    this.secrets = secrets;
    const decode: SettingsTableOptions<T>['decode'] = (config, object) =>
      understood(`the ${title} ${object}`, dto, config, () => complete(fromStored(dto, config), '', []));
    this.table = new SettingsTable({ ...kept, secrets, decode }, vault);
  }

  nameKeyOf(name: string): string {
    return name;
  }

  normalize(input: unknown, path: string): T {
    const faults: InputFault[] = [];
    const settings = this.declared.complete(parseInput(this.declared.dto, input, path), path, faults);
    faults.push(...this.faultsOf(settings, path));
    if (faults.length > 0) throw invalidInput(faults);
    return settings;
  }

  references(_settings: T): readonly SettingsReference[] {
    return [];
  }

  uniqueValues(_settings: T): readonly UniqueValue[] {
    return [];
  }

  permanent(_name: string): boolean {
    return false;
  }

  list(em: EntityManager): Promise<readonly StoredObject<T>[]> {
    return this.table.list(em);
  }

  readable(em: EntityManager): Promise<readonly StoredObject<T>[]> {
    return this.table.readable(em);
  }

  /** The objects with these ids, in their order, that this version understands. */
  byIds(em: EntityManager, ids: readonly string[]): Promise<readonly StoredObject<T>[]> {
    return this.table.byIds(em, ids);
  }

  async save(tx: Transaction, settings: T, stored: StoredObject<T> | undefined, now: number): Promise<void> {
    await this.table.save(tx, settings, stored, now);
  }

  async remove(tx: Transaction, stored: StoredObject<T>): Promise<void> {
    await this.table.remove(tx, stored.id);
  }

  /** What is wrong with settings as a whole, when they are saved. */
  protected faultsOf(_settings: T, _path: string): readonly InputFault[] {
    return [];
  }
}
