import type { OnModuleInit } from '@nestjs/common';
import type { Database } from '../database/database.js';
import type { SettingsRevision } from '../database/settings-revision.js';
import type { Logger } from '../observability/logger.js';
import type { StoredObject } from './section.js';
import type { SettingsTable } from './settings-table.js';

/** What an object of settings is besides its settings. */
export interface StoredIdentity {
  readonly id: string;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/**
 * All objects of a section, in memory: every login reads them. A change, by whatever process, is seen within a second. An object that did not change
 * stays the same JavaScript object, so that whatever is derived from it can be kept in a WeakMap.
 */
export abstract class SettingsMemory<T extends { readonly name: string }> implements OnModuleInit {
  private stored: ReadonlyMap<string, StoredObject<T>> = new Map();
  private ids: ReadonlyMap<string, T & StoredIdentity> = new Map();
  private names: ReadonlyMap<string, T & StoredIdentity> = new Map();

  constructor(
    private readonly database: Database,
    private readonly revision: SettingsRevision,
    private readonly section: { readonly table: SettingsTable<T> },
    private readonly logger: Pick<Logger, 'error'>,
  ) {}

  /** Reads them. The database must be migrated. */
  async onModuleInit(): Promise<void> {
    await this.load();
    this.revision.onChange(() => this.load());
  }

  byId(id: string): (T & StoredIdentity) | undefined {
    return this.ids.get(id);
  }

  byName(name: string): (T & StoredIdentity) | undefined {
    return this.names.get(name);
  }

  /** Sorted by name. */
  all(): readonly (T & StoredIdentity)[] {
    return [...this.ids.values()];
  }

  /** Is told what there is now, for indexes of its own. */
  protected abstract loaded(objects: readonly (T & StoredIdentity)[]): void;

  private async load(): Promise<void> {
    const before = this.ids;
    const stored = await this.section.table.readable(this.database.read, this.logger, this.stored);
    const objects = stored.map((object) => {
      const same = this.stored.get(object.id) === object ? before.get(object.id) : undefined;
      const { id, version, createdAt, updatedAt } = object;
      return same ?? { ...object.settings, id, version, createdAt, updatedAt };
    });
    this.stored = new Map(stored.map((object) => [object.id, object]));
    this.ids = new Map(objects.map((object) => [object.id, object]));
    this.names = new Map(objects.map((object) => [object.name, object]));
    this.loaded(objects);
  }
}
