import type { EntityManager } from 'typeorm';
import { encodeJson, execute, forShare, forUpdate, isUniqueViolation, type Attributes, type Transaction } from '@foyer/platform';
import { accountNotFound, usernameTaken } from '../errors.js';
import type { AccountChanges, NewAccount, StoreAccount } from '../store.js';
import { assertUsername, usernameKey } from '../username/username.js';
import { changedAccount, missing, sameAttributes } from './changed-account.js';

/** A row of an account and one of its memberships. */
interface Row {
  readonly domain: string;
  readonly user_id: string;
  readonly username: string;
  readonly enabled: number;
  readonly attributes: string;
  readonly password_hash: string | null;
  readonly kind: 'role' | 'group' | null;
  readonly name: string | null;
}

export interface StoredAccount {
  readonly account: StoreAccount;
  readonly passwordHash: string | undefined;
}

type MembershipKind = 'role' | 'group';

// One statement, so that a login pays for one: an account has few memberships.
const selection = `SELECT a.user_id, a.domain, a.username, a.enabled, a.attributes, a.password_hash, m.kind, m.name
  FROM accounts a LEFT JOIN account_memberships m ON m.user_id = a.user_id WHERE `;
const byId = `${selection}a.domain = ? AND a.user_id = ?`;
const byKey = `${selection}a.domain = ? AND a.username_key = ?`;
const insertion = `INSERT INTO accounts (user_id, domain, username, username_key, enabled, attributes, password_hash) VALUES (?, ?, ?, ?, ?, ?, ?)`;

/** The statements of one `sql` store on the tables `accounts` and `account_memberships`. */
export class Accounts {
  constructor(private readonly domain: string) {}

  async find(em: EntityManager, userId: string): Promise<StoredAccount | undefined> {
    return assemble(await em.query(byId, [this.domain, userId]));
  }

  /** On MySQL once whoever has changed the account, or has made it, has committed or was rolled back. */
  async findSettled(em: EntityManager, userId: string): Promise<StoredAccount | undefined> {
    return assemble(await em.query(byId + forShare(em), [this.domain, userId]));
  }

  async findByUsername(em: EntityManager, username: string): Promise<StoredAccount | undefined> {
    return assemble(await em.query(byKey, [this.domain, usernameKey(username)]));
  }

  async findMany(em: EntityManager, userIds: readonly string[]): Promise<Map<string, StoreAccount>> {
    if (userIds.length === 0) return new Map();
    const places = userIds.map(() => '?').join(', ');
    // By id alone: given the domain, too, SQLite would rather read all accounts of it.
    const rows: Row[] = await em.query(`${selection}a.user_id IN (${places})`, [...userIds]);
    const byUser = new Map<string, Row[]>();
    for (const row of rows.filter(({ domain }) => domain === this.domain))
      byUser.set(row.user_id, [...(byUser.get(row.user_id) ?? []), row]);
    return new Map([...byUser.values()].flatMap((own) => assemble(own)?.account ?? []).map((account) => [account.userId, account]));
  }

  async create(tx: Transaction, account: NewAccount): Promise<boolean> {
    assertUsername(account.username);
    const { userId, username, enabled, attributes, password } = account;
    const values = [
      userId,
      this.domain,
      username,
      usernameKey(username),
      enabled ? 1 : 0,
      encodeJson(attributes),
      password?.prepared ?? null,
    ];
    try {
      await tx.query(insertion, values);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      if (await this.exists(tx, userId)) return false;
      throw usernameTaken(error);
    }
    await this.addMemberships(tx, userId, 'role', [...new Set(account.roles)]);
    await this.addMemberships(tx, userId, 'group', [...new Set(account.groups)]);
    return true;
  }

  async update(tx: Transaction, userId: string, changes: AccountChanges): Promise<void> {
    const before = await this.lock(tx, userId);
    if (!before) throw accountNotFound(this.domain);
    const after = changedAccount(before, changes);
    if (after.username !== before.username || after.enabled !== before.enabled || !sameAttributes(after.attributes, before.attributes)) {
      await this.write(tx, after);
    }
    await this.changeMemberships(tx, userId, 'role', before.roles, after.roles);
    await this.changeMemberships(tx, userId, 'group', before.groups, after.groups);
  }

  async delete(tx: Transaction, userId: string): Promise<void> {
    const deleted = await execute(tx, 'DELETE FROM accounts WHERE user_id = ? AND domain = ?', [userId, this.domain]);
    if (deleted > 0) await tx.query('DELETE FROM account_memberships WHERE user_id = ?', [userId]);
  }

  async setPassword(tx: Transaction, userId: string, hash: string): Promise<void> {
    const met = await execute(tx, 'UPDATE accounts SET password_hash = ? WHERE user_id = ? AND domain = ?', [hash, userId, this.domain]);
    if (met === 0) throw accountNotFound(this.domain);
  }

  private async exists(tx: Transaction, userId: string): Promise<boolean> {
    const rows: unknown[] = await tx.query(`SELECT user_id FROM accounts WHERE user_id = ? AND domain = ?${forShare(tx)}`, [
      userId,
      this.domain,
    ]);
    return rows.length > 0;
  }

  private async lock(tx: Transaction, userId: string): Promise<StoreAccount | undefined> {
    return assemble(await tx.query(byId + forUpdate(tx), [this.domain, userId]))?.account;
  }

  private async write(tx: Transaction, { userId, username, enabled, attributes }: StoreAccount): Promise<void> {
    assertUsername(username);
    const values = [username, usernameKey(username), enabled ? 1 : 0, encodeJson(attributes), userId, this.domain];
    const sql = 'UPDATE accounts SET username = ?, username_key = ?, enabled = ?, attributes = ? WHERE user_id = ? AND domain = ?';
    try {
      await tx.query(sql, values);
    } catch (error) {
      throw isUniqueViolation(error) ? usernameTaken(error) : error;
    }
  }

  private async changeMemberships(
    tx: Transaction,
    userId: string,
    kind: MembershipKind,
    before: readonly string[],
    after: readonly string[],
  ): Promise<void> {
    await this.addMemberships(tx, userId, kind, missing(after, before));
    for (const name of missing(before, after)) {
      await tx.query('DELETE FROM account_memberships WHERE user_id = ? AND kind = ? AND name = ?', [userId, kind, name]);
    }
  }

  private async addMemberships(tx: Transaction, userId: string, kind: MembershipKind, names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    const places = names.map(() => '(?, ?, ?)').join(', ');
    const values = names.flatMap((name) => [userId, kind, name]);
    await tx.query(`INSERT INTO account_memberships (user_id, kind, name) VALUES ${places}`, values);
  }
}

function assemble(rows: readonly Row[]): StoredAccount | undefined {
  const first = rows[0];
  if (!first) return undefined;
  const names = (kind: MembershipKind): string[] =>
    rows.flatMap((row) => (row.kind === kind && row.name !== null ? [row.name] : [])).sort();
  const account: StoreAccount = {
    userId: first.user_id,
    username: first.username,
    enabled: Boolean(first.enabled),
    attributes: JSON.parse(first.attributes) as Attributes,
    roles: names('role'),
    groups: names('group'),
  };
  return { account, passwordHash: first.password_hash ?? undefined };
}
