import type { EntityManager } from 'typeorm';
import type { Transaction } from '../database/database.js';
import type { InputFault } from '../errors/foyer-error.js';
import type { Beyond } from './newer-settings.js';

/** The settings of one object (an identity provider, an application, a user store) as plain data, defaults filled in, secrets in the clear. */
export type SettingsObject = object;

/** A settings object as the database holds it. */
export interface StoredObject<T extends SettingsObject> {
  /** Minted anew even when a deleted name comes back. */
  readonly id: string;
  readonly name: string;
  readonly settings: T;
  /** Counts changes: the ETag. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly beyond?: Beyond;
}

/** A secret within the settings of an object. */
export interface SecretField {
  /** Such as `oidc.clientSecret`. */
  readonly path: string;
  /** Whether settings with this input have a use for it: a stored secret that is not mentioned any more is kept only then. */
  readonly appliesTo?: (input: Readonly<Record<string, unknown>>) => boolean;
}

/** Settings that name another object. */
export interface SettingsReference {
  /** Within the object, such as `login.identityProviders[0]`. */
  readonly path: string;
  /** The section that has it, by its key. */
  readonly section: string;
  readonly name: string;
  /**
   * What the object has to be able to do, in the words of its section (`ConfigurableSection.lacks`). It counts when settings are saved that need
   * it and did not before, and not when the object changes later.
   */
  readonly needs?: string;
}

/** A value that only one object of the section may have, such as a client id. */
export interface UniqueValue {
  readonly path: string;
  /** What the value is, in words and as part of its identity: `client id`. */
  readonly kind: string;
  readonly value: string;
}

/**
 * One kind of settings objects: a list in the YAML file, a table in the database. A lib implements it for its own; the settings of a site are
 * checked and changed through it as a whole, from a file or by the admin API.
 */
export interface ConfigurableSection<T extends SettingsObject = SettingsObject> {
  /** The key in the YAML file: `identityProviders`. */
  readonly key: string;
  /** One of them, in words: `identity provider`. */
  readonly title: string;
  /** The key within an object that names it. */
  readonly nameKey: 'name' | 'domain';
  readonly secrets: readonly SecretField[];
  /** Two names are the same when their keys are. */
  nameKeyOf(name: string): string;
  /** Checks one object by itself and fills in defaults. @throws FoyerError `input.invalid` with every fault, below `path` */
  normalize(input: unknown, path: string): T;
  /** What is wrong with settings only because of those that they replace: paths within the object. */
  changeFaults?(before: T, after: T): readonly InputFault[];
  /** Objects of this or another section that the settings name. */
  references(settings: T): readonly SettingsReference[];
  /** Why an object cannot do what a reference needs: completes "{path of the reference} …". Undefined when it can. */
  lacks?(settings: T, need: string): Omit<InputFault, 'path'> | undefined;
  uniqueValues(settings: T): readonly UniqueValue[];
  /** Whether the object can never be removed. */
  permanent(name: string): boolean;
  /** @throws FoyerError `settings.newerVersion` when this version does not understand one */
  list(em: EntityManager): Promise<readonly StoredObject<T>[]>;
  /** Those that this version understands. */
  readable(em: EntityManager): Promise<readonly StoredObject<T>[]>;
  /** Creates the object, or replaces the settings of `stored` and counts its version up. */
  save(tx: Transaction, settings: T, stored: StoredObject<T> | undefined, now: number): Promise<void>;
  /** @throws FoyerError of kind `conflict` when something still depends on it */
  remove(tx: Transaction, stored: StoredObject<T>): Promise<void>;
}
