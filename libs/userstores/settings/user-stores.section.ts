import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  FoyerError,
  fromStored,
  invalidInput,
  keyPath,
  parseInput,
  SETTINGS,
  SettingsTable,
  Vault,
  type ConfigurableSection,
  type InputFault,
  type SecretField,
  type Settings,
  type StoredObject,
  type Transaction,
} from '@foyer/platform';
import { compilePolicies } from '../policies/compile-policies.js';
import { canGeneratePassword } from '../policies/generate-password.js';
import { readPolicy, type PolicySettings } from '../policies/policy-settings.js';
import { sqlCapabilities } from '../sql/sql-capabilities.js';
import { sameDatabase, splitPassword } from './database-url.js';
import { lackOf } from './lacks.js';
import { domainKey, primaryDomain, type SqlStoreSettings, type UserStoreSettings } from './settings.js';
import { SqlStoreSettingsDto, UserStoreDto } from './user-store.dto.js';

/** What each kind of store can do, as its settings say. */
const capabilities = { sql: sqlCapabilities } as const;

/** User stores as a section of the settings: how they are checked and stored. */
@Injectable()
export class UserStoresSection implements ConfigurableSection<StoredUserStore> {
  readonly key = 'userStores';
  readonly title = 'user store';
  readonly nameKey = 'domain';
  readonly secrets: readonly SecretField[] = [{ path: 'sql.password', appliesTo: hasUseForPassword }];
  readonly table: SettingsTable<StoredUserStore>;
  private readonly ownDatabaseUrl: string;

  constructor(vault: Vault, @Inject(SETTINGS) settings: Pick<Settings, 'databaseUrl'>) {
    this.ownDatabaseUrl = settings.databaseUrl;
    const decode = (config: unknown): StoredUserStore => complete(fromStored(UserStoreDto, config), '').settings;
    this.table = new SettingsTable({ table: 'user_stores', kind: 'userStore', secrets: this.secrets, decode }, vault);
  }

  readonly nameKeyOf = domainKey;
  readonly permanent = (domain: string): boolean => domainKey(domain) === primaryDomain;

  normalize(input: unknown, path: string): StoredUserStore {
    const { settings, faults } = complete(parseInput(UserStoreDto, input, path), path);
    faults.push(...this.ownDatabaseFaults(settings, path), ...passwordFaults(settings, path));
    if (this.permanent(settings.domain)) faults.push(...primaryFaults(settings, path));
    if (faults.length > 0) throw invalidInput(faults);
    return settings;
  }

  readonly references = (): [] => [];

  lacks(settings: StoredUserStore, need: string): Omit<InputFault, 'path'> | undefined {
    return lackOf(settings.domain, capabilities[settings.type](settings), need);
  }

  readonly uniqueValues = (): [] => [];

  list = (em: EntityManager): Promise<readonly StoredObject<StoredUserStore>[]> => this.table.list(em);

  async save(tx: Transaction, settings: StoredUserStore, stored: StoredObject<StoredUserStore> | undefined, now: number): Promise<void> {
    if (stored && (stored.settings.sql === undefined) !== (settings.sql === undefined)) await refuseIfUsed(tx, settings.domain);
    await this.table.save(tx, settings, stored, now);
  }

  /** @throws FoyerError `store.inUse` while the store has users */
  async remove(tx: Transaction, stored: StoredObject<StoredUserStore>): Promise<void> {
    await refuseIfUsed(tx, stored.name);
    await this.table.remove(tx, stored.id);
  }

  /** Two connections of one process to one SQLite file would wait for each other for ever. */
  private ownDatabaseFaults({ sql }: UserStoreSettings, path: string): InputFault[] {
    if (!sql || !sameDatabase(sql.url, this.ownDatabaseUrl)) return [];
    const message = "is Foyer's own database: leave out sql, and the store lives there";
    return [{ path: keyPath(keyPath(path, 'sql'), 'url'), code: 'value.invalid', message }];
  }
}

/** What the table of settings wants to know of each object; not part of the settings, so not enumerable. */
export class StoredUserStore implements UserStoreSettings {
  readonly domain: string;
  readonly type = 'sql';
  readonly enabled: boolean;
  readonly readOnly: boolean;
  readonly passwordRequired: boolean;
  readonly sql?: SqlStoreSettings;
  readonly policy: PolicySettings;

  constructor(settings: Omit<UserStoreSettings, 'type'>) {
    this.domain = settings.domain;
    this.enabled = settings.enabled;
    this.readOnly = settings.readOnly;
    this.passwordRequired = settings.passwordRequired;
    if (settings.sql) this.sql = settings.sql;
    this.policy = settings.policy;
  }

  get name(): string {
    return this.domain;
  }

  get displayName(): string {
    return this.domain;
  }

  get protocol(): string {
    return this.type;
  }
}

function complete(checked: UserStoreDto, path: string): { settings: StoredUserStore; faults: InputFault[] } {
  const { policy, faults } = readPolicy(checked.policy, keyPath(path, 'policy'));
  const sql = checked.sql && completeSql(checked.sql, keyPath(path, 'sql'), faults);
  const { domain, enabled, readOnly, passwordRequired } = checked;
  return { settings: new StoredUserStore({ domain: domainKey(domain), enabled, readOnly, passwordRequired, sql, policy }), faults };
}

function completeSql(written: SqlStoreSettingsDto, path: string, faults: InputFault[]): SqlStoreSettings {
  const { url, password: inUrl } = splitPassword(written.url);
  const password = inUrl ?? written.password;
  if (inUrl !== undefined && written.password !== undefined) {
    faults.push({ path: keyPath(path, 'password'), code: 'value.ambiguous', message: 'stands in the url too: give it once' });
  }
  if (inUrl === '***')
    faults.push({
      path: keyPath(path, 'url'),
      code: 'secret.missing',
      message: 'has a masked password: leave it out to keep the stored one',
    });
  return { url, timeoutMs: written.timeoutMs, ...(password === undefined ? {} : { password }) };
}

/** PRIMARY holds Foyer's administrators: it is where they can always be reached. */
function primaryFaults(settings: UserStoreSettings, path: string): InputFault[] {
  const fault = (key: string, message: string): InputFault => ({ path: keyPath(path, key), code: 'store.primary', message });
  return [
    ...(settings.enabled ? [] : [fault('enabled', 'must be true for PRIMARY, which holds the administrators')]),
    ...(settings.readOnly ? [fault('readOnly', 'must be false for PRIMARY, which holds the administrators')] : []),
    ...(settings.sql ? [fault('sql', "must be absent for PRIMARY, which lives in Foyer's own database")] : []),
  ];
}

/** Accounts that are created in the middle of a login get a generated password: whether one can be had is said when saving. */
function passwordFaults({ passwordRequired, policy }: UserStoreSettings, path: string): InputFault[] {
  if (!passwordRequired || canGeneratePassword(compilePolicies(policy))) return [];
  const message = 'needs passwords that Foyer can generate, and none of those that it tries matches policy.passwordPattern';
  return [{ path: keyPath(path, 'passwordRequired'), code: 'password.cannotGenerate', message }];
}

function hasUseForPassword(input: Readonly<Record<string, unknown>>): boolean {
  const sql: unknown = input['sql'];
  if (typeof sql !== 'object' || sql === null || !('url' in sql) || typeof sql.url !== 'string') return false;
  return sql.url.startsWith('mysql:') && URL.canParse(sql.url) && new URL(sql.url).password === '';
}

async function refuseIfUsed(tx: Transaction, domain: string): Promise<void> {
  const users: unknown[] = await tx.query('SELECT id FROM users WHERE user_store = ? LIMIT 1', [domain]);
  if (users.length === 0) return;
  throw new FoyerError('conflict', 'store.inUse', `The user store ${domain} has users, who would lose their accounts. Delete them first.`);
}
