import { Inject, Injectable } from '@nestjs/common';
import { needsAdmin, type AdministeredSection, type AdminCaller } from '@foyer/admin-access';
import {
  FoyerError,
  keyPath,
  SETTINGS,
  settingsColumns,
  TableSection,
  Vault,
  type FieldDifference,
  type InputFault,
  type Settings,
  type StoredObject,
  type Transaction,
} from '@foyer/platform';
import { compilePolicies } from '../policies/compile-policies.js';
import { canGeneratePassword } from '../policies/generate-password.js';
import { readPolicy } from '../policies/policy-settings.js';
import { sqlCapabilities } from '../sql/sql-capabilities.js';
import { sameDatabase, splitPassword } from './database-url.js';
import { lackOf } from './lacks.js';
import { domainKey, primaryDomain, type SqlStoreSettings, type UserStoreSettings } from './settings.js';
import { SqlStoreSettingsDto, UserStoreDto } from './user-store.dto.js';

/** What each kind of store can do, as its settings say. */
const capabilities = { sql: sqlCapabilities } as const;

/** User stores as a section of the settings: how they are checked and stored. */
@Injectable()
export class UserStoresSection extends TableSection<UserStoreSettings, UserStoreDto> implements AdministeredSection<UserStoreSettings> {
  private readonly ownDatabaseUrl: string;

  constructor(vault: Vault, @Inject(SETTINGS) settings: Pick<Settings, 'databaseUrl'>) {
    super(vault, {
      key: 'userStores',
      title: 'user store',
      nameKey: 'domain',
      table: 'user_stores',
      kind: 'userStore',
      secrets: [{ path: 'sql.password', appliesTo: hasUseForPassword }],
      dto: UserStoreDto,
      complete,
      columns: ({ domain, enabled, type }) => settingsColumns({ name: domain, displayName: domain, enabled, protocol: type }),
    });
    this.ownDatabaseUrl = settings.databaseUrl;
  }

  override nameKeyOf(domain: string): string {
    return domainKey(domain);
  }

  override permanent(domain: string): boolean {
    return domainKey(domain) === primaryDomain;
  }

  lacks(settings: UserStoreSettings, need: string): Omit<InputFault, 'path'> | undefined {
    return lackOf(settings.domain, capabilities[settings.type](settings), need);
  }

  /** Who decides what Foyer connects to gets to see the stored password, and decides who has which role. */
  authorize(caller: AdminCaller, _: unknown, fields: readonly FieldDifference[]): void {
    if (fields.some(({ path }) => path === 'sql' || path.startsWith('sql.'))) needsAdmin(caller, 'the database of a user store');
  }

  override async save(
    tx: Transaction,
    settings: UserStoreSettings,
    stored: StoredObject<UserStoreSettings> | undefined,
    now: number,
  ): Promise<void> {
    if (stored && (stored.settings.sql === undefined) !== (settings.sql === undefined)) await refuseIfUsed(tx, settings.domain);
    await super.save(tx, settings, stored, now);
  }

  /** @throws FoyerError `store.inUse` while the store has users */
  override async remove(tx: Transaction, stored: StoredObject<UserStoreSettings>): Promise<void> {
    await refuseIfUsed(tx, stored.name);
    await super.remove(tx, stored);
  }

  protected override faultsOf(settings: UserStoreSettings, path: string): InputFault[] {
    const primary = this.permanent(settings.domain) ? primaryFaults(settings, path) : [];
    return [...this.ownDatabaseFaults(settings, path), ...passwordFaults(settings, path), ...primary];
  }

  /** Two connections of one process to one SQLite file would wait for each other for ever. */
  private ownDatabaseFaults({ sql }: UserStoreSettings, path: string): InputFault[] {
    if (!sql || !sameDatabase(sql.url, this.ownDatabaseUrl)) return [];
    const message = "is Foyer's own database: leave out sql, and the store lives there";
    return [{ path: keyPath(keyPath(path, 'sql'), 'url'), code: 'value.invalid', message }];
  }
}

function complete(checked: UserStoreDto, path: string, faults: InputFault[]): UserStoreSettings {
  const { domain, type, enabled, readOnly, passwordRequired } = checked;
  const sql = checked.sql && completeSql(checked.sql, keyPath(path, 'sql'), faults);
  const policy = readPolicy(checked.policy, keyPath(path, 'policy'), faults);
  return { domain: domainKey(domain), type, enabled, readOnly, passwordRequired, ...(sql && { sql }), policy };
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
