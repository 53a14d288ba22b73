import type { EntityManager } from 'typeorm';
import { newId } from '../clock.js';
import type { Vault } from '../crypto/vault.js';
import { encodeJson } from '../database/columns.js';
import type { Transaction } from '../database/database.js';
import { setAt, toPlain, valueAt } from './plain.js';
import type { SecretField, SettingsObject, StoredObject } from './section.js';

/** The columns of an object besides those that every object has: its name, and what lists filter and sort by. */
export interface SettingsColumns {
  readonly name: string;
  readonly [column: string]: string | number;
}

/** The columns of an object that is switched on and off and speaks a protocol: what `SettingsObjectRow` reads. */
export const settingsColumns = (settings: {
  readonly name: string;
  readonly displayName: string;
  readonly enabled: boolean;
  readonly protocol: string;
}): SettingsColumns => ({
  name: settings.name,
  display_name: settings.displayName,
  enabled: Number(settings.enabled),
  protocol: settings.protocol,
});

export interface SettingsTableOptions<T extends SettingsObject> {
  readonly table: string;
  /** What the secrets belong to, as part of their purpose: `identityProvider`. */
  readonly kind: string;
  readonly secrets: readonly SecretField[];
  readonly columns: (settings: T) => SettingsColumns;
  /** From `config` and the opened secrets to settings. */
  readonly decode: (config: unknown) => T;
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly config: string;
  readonly secrets: string;
  readonly version: number;
  readonly created_at: number;
  readonly updated_at: number;
}

const read = 'id, name, config, secrets, version, created_at, updated_at';

/** A table of named settings objects. Secrets leave the settings on the way in, and are sealed for their object and path. */
export class SettingsTable<T extends SettingsObject> {
  constructor(
    private readonly options: SettingsTableOptions<T>,
    private readonly vault: Vault,
  ) {}

  /** @param known objects read before: those that did not change are returned as they are */
  async list(em: EntityManager, known: ReadonlyMap<string, StoredObject<T>> = new Map()): Promise<StoredObject<T>[]> {
    const rows: Row[] = await em.query(`SELECT ${read} FROM ${this.options.table} ORDER BY name`);
    return rows.map((row) => {
      const before = known.get(row.id);
      return before?.version === row.version ? before : this.fromRow(row);
    });
  }

  /** The objects with these ids, in their order. */
  async byIds(em: EntityManager, ids: readonly string[]): Promise<StoredObject<T>[]> {
    if (ids.length === 0) return [];
    const places = ids.map(() => '?').join(', ');
    const rows: Row[] = await em.query(`SELECT ${read} FROM ${this.options.table} WHERE id IN (${places})`, [...ids]);
    const found = new Map(rows.map((row) => [row.id, row]));
    return ids.flatMap((id) => found.get(id) ?? []).map((row) => this.fromRow(row));
  }

  async save(tx: Transaction, settings: T, stored: StoredObject<T> | undefined, now: number): Promise<void> {
    const id = stored?.id ?? newId();
    const values = this.columnsOf(id, settings, now);
    if (!stored) {
      const row = { id, ...values, version: 1, created_at: now };
      const places = Object.keys(row)
        .map(() => '?')
        .join(', ');
      await tx.query(`INSERT INTO ${this.options.table} (${Object.keys(row).join(', ')}) VALUES (${places})`, Object.values(row));
      return;
    }
    const assignments = Object.keys(values)
      .map((name) => `${name} = ?`)
      .join(', ');
    await tx.query(`UPDATE ${this.options.table} SET ${assignments}, version = version + 1 WHERE id = ?`, [...Object.values(values), id]);
  }

  async remove(tx: Transaction, id: string): Promise<void> {
    await tx.query(`DELETE FROM ${this.options.table} WHERE id = ?`, [id]);
  }

  private columnsOf(id: string, settings: T, now: number): Record<string, string | number> {
    const config = toPlain(settings);
    const secrets: Record<string, string> = {};
    for (const { path } of this.options.secrets) {
      const plain = valueAt(config, path);
      if (typeof plain === 'string') secrets[path] = this.vault.seal(plain, this.purpose(id, path));
      setAt(config, path, undefined);
    }
    return { ...this.options.columns(settings), config: encodeJson(config), secrets: encodeJson(secrets), updated_at: now };
  }

  private fromRow(row: Row): StoredObject<T> {
    const config = toPlain(JSON.parse(row.config) as object);
    for (const [path, sealed] of Object.entries(toPlain(JSON.parse(row.secrets) as object))) {
      setAt(config, path, this.vault.open(String(sealed), this.purpose(row.id, path)));
    }
    const settings = this.options.decode(config);
    return {
      id: row.id,
      name: row.name,
      settings,
      version: row.version,
      createdAt: Number(row.created_at),
      updatedAt: Number(row.updated_at),
    };
  }

  private readonly purpose = (id: string, path: string): string => `${this.options.kind}/${id}/${path}`;
}
