import type { ConfigurableSection, FieldDifference, SettingsObject, SettingsStates, StoredObject } from '@foyer/platform';
import type { EntityManager } from 'typeorm';
import type { AdminCaller } from './caller.js';

/** A section of the settings that the admin API offers. */
export interface AdministeredSection<T extends SettingsObject = SettingsObject> extends ConfigurableSection<T> {
  /**
   * Decides who may create, change or remove which object, beyond the scope that all of that needs: every section says so, if only that it is
   * enough. In the fields secrets are masked.
   * @throws FoyerError of kind `forbidden`
   */
  authorize(caller: AdminCaller, states: SettingsStates<T>, fields: readonly FieldDifference[]): void;
  /** The objects with these ids, in their order. */
  byIds(em: EntityManager, ids: readonly string[]): Promise<readonly StoredObject<T>[]>;
}
