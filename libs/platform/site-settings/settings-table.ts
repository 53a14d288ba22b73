import type { EntityManager } from 'typeorm';
import { newId } from '../clock.js';
import type { Vault } from '../crypto/vault.js';
import { encodeJson } from '../database/columns.js';
import type { Transaction } from '../database/database.js';
import type { Logger } from '../observability/logger.js';
import { isOfNewerVersion, type Beyond } from './newer-settings.js';
import { setAt, toPlain, valueAt, type Plain } from './plain.js';
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
  /** From `config` and the opened secrets to settings. @throws FoyerError `settings.newerVersion` */
  readonly decode: (config: Plain, name: string) => T;
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
  /** Versions of objects that were said to be left out, by their ids. */
  private readonly told = new Map<string, number>();

  constructor(
    private readonly options: SettingsTableOptions<T>,
    private readonly vault: Vault,
  ) {}

  /** @throws FoyerError `settings.newerVersion` when this version does not understand one */
  async list(em: EntityManager): Promise<StoredObject<T>[]> {
    return (await this.rows(em)).map((row) => this.fromRow(row));
  }

  /**
   * Those that this version understands.
   * @param logger is told of each of the others, once
   * @param known objects read before: those that did not change are returned as they are
   */
  async readable(
    em: EntityManager,
    logger?: Pick<Logger, 'error'>,
    known: ReadonlyMap<string, StoredObject<T>> = new Map(),
  ): Promise<StoredObject<T>[]> {
    return (await this.rows(em)).flatMap((row) => {
      const before = known.get(row.id);
      return before?.version === row.version ? before : this.ifUnderstood(row, logger);
    });
  }

  /** The objects with these ids, in their order, that this version understands. */
  async byIds(em: EntityManager, ids: readonly string[]): Promise<StoredObject<T>[]> {
    if (ids.length === 0) return [];
    const places = ids.map(() => '?').join(', ');
    const rows: Row[] = await em.query(`SELECT ${read} FROM ${this.options.table} WHERE id IN (${places})`, [...ids]);
    const found = new Map(rows.map((row) => [row.id, row]));
    return ids.flatMap((id) => found.get(id) ?? []).flatMap((row) => this.ifUnderstood(row));
  }

  async save(tx: Transaction, settings: T, stored: StoredObject<T> | undefined, now: number): Promise<void> {
    const id = stored?.id ?? newId();
    const values = this.columnsOf(id, settings, now, stored?.beyond);
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

  private rows(em: EntityManager): Promise<Row[]> {
    return em.query(`SELECT ${read} FROM ${this.options.table} ORDER BY name`);
  }

  private columnsOf(id: string, settings: T, now: number, beyond?: Beyond): Record<string, string | number> {
    const config = { ...beyond?.config, ...toPlain(settings) };
    const secrets: Record<string, string> = { ...beyond?.secrets };
    for (const { path } of this.options.secrets) {
      const plain = valueAt(config, path);
      if (typeof plain === 'string') secrets[path] = this.vault.seal(plain, this.purpose(id, path));
      setAt(config, path, undefined);
    }
    return { ...this.options.columns(settings), config: encodeJson(config), secrets: encodeJson(secrets), updated_at: now };
  }

  private ifUnderstood(row: Row, logger?: Pick<Logger, 'error'>): StoredObject<T>[] {
    try {
      return [this.fromRow(row)];
    } catch (error) {
      if (!isOfNewerVersion(error)) throw error;
      if (logger && this.told.get(row.id) !== row.version) {
        this.told.set(row.id, row.version);
        logger.error({ err: error, name: row.name }, `${error.message} Until this server is of that version, they are left out here.`);
      }
      return [];
    }
  }

  private fromRow(row: Row): StoredObject<T> {
    const config = toPlain(JSON.parse(row.config) as object);
    const own = new Set(this.options.secrets.map(({ path }) => path));
    const others: Record<string, string> = {};
    for (const [path, sealed] of Object.entries(toPlain(JSON.parse(row.secrets) as object))) {
      if (own.has(path)) setAt(config, path, this.vault.open(String(sealed), this.purpose(row.id, path)));
      else others[path] = String(sealed);
    }
    const settings = this.options.decode(config, row.name);
    const unknown = Object.fromEntries(Object.entries(config).filter(([key]) => !(key in settings)));
    const isBeyond = Object.keys(unknown).length + Object.keys(others).length > 0;
    return {
      id: row.id,
      name: row.name,
      settings,
      version: row.version,
      createdAt: Number(row.created_at),
      updatedAt: Number(row.updated_at),
      ...(isBeyond && { beyond: { config: unknown, secrets: others } }),
    };
  }

  private readonly purpose = (id: string, path: string): string => `${this.options.kind}/${id}/${path}`;
}
