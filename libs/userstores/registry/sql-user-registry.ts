import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { encodeJson, execute, forUpdate, isUniqueViolation, type Transaction } from '@foyer/platform';
import type { MatchableAttribute, NewRegisteredUser, RegistryChanges, UserKeys, UserRegistry } from '../contract.js';
import { usernameTaken } from '../errors.js';
import type { MembershipGrants, RegisteredUser, ValueOrigin } from '../users.js';
import { assertUsername, usernameKey } from '../username/username.js';
import { matchingUsers } from './matching-users.js';

/** A row as both drivers return it. */
export interface UserRecord {
  readonly id: string;
  readonly user_store: string;
  readonly username: string;
  readonly username_key: string;
  readonly email: string | null;
  readonly status: RegisteredUser['status'];
  readonly enabled: number;
  readonly locked: number;
  readonly expires_at: number | null;
  readonly origins: string;
  readonly grants: string;
  readonly suspended_roles: string | null;
  readonly version: number;
  readonly created_at: number;
  readonly updated_at: number;
}

const insertedColumns =
  'id, user_store, username, username_key, email, status, enabled, locked, expires_at, origins, grants, version, created_at, updated_at';
export const userColumns = `${insertedColumns}, suspended_roles`;
const byId = `SELECT ${userColumns} FROM users WHERE id = ?`;
const byUsername = `SELECT ${userColumns} FROM users WHERE user_store = ? AND username_key = ?`;
const insertion = `INSERT INTO users (${insertedColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** The registry in the table `users`. */
@Injectable()
export class SqlUserRegistry implements UserRegistry {
  async find(em: EntityManager, id: string): Promise<RegisteredUser | undefined> {
    const rows: UserRecord[] = await em.query(byId, [id]);
    return rows[0] && toRegisteredUser(rows[0]);
  }

  async lock(tx: Transaction, id: string): Promise<RegisteredUser | undefined> {
    const rows: UserRecord[] = await tx.query(byId + forUpdate(tx), [id]);
    return rows[0] && toRegisteredUser(rows[0]);
  }

  async findByUsername(em: EntityManager, domain: string, username: string): Promise<RegisteredUser | undefined> {
    const rows: UserRecord[] = await em.query(byUsername, [domain, usernameKey(username)]);
    return rows[0] && toRegisteredUser(rows[0]);
  }

  async matching(em: EntityManager, attribute: MatchableAttribute, value: string, domain?: string): Promise<readonly RegisteredUser[]> {
    const condition = matchingUsers(attribute, value, domain);
    if (!condition) return [];
    const sql = `SELECT ${userColumns} FROM users WHERE ${condition.sql} AND status = 'active' LIMIT 2`;
    const rows: UserRecord[] = await em.query(sql, [...condition.parameters]);
    return rows.map(toRegisteredUser);
  }

  async insert(tx: Transaction, user: NewRegisteredUser): Promise<void> {
    assertUsername(user.username);
    const values = [
      ...[user.id, user.userStore, user.username, usernameKey(user.username), user.email ?? null, user.status, user.enabled ? 1 : 0],
      ...[
        user.locked ? 1 : 0,
        user.expiresAt ?? null,
        encodeJson(user.origins),
        encodeJson(user.grants ?? {}),
        1,
        user.createdAt,
        user.createdAt,
      ],
    ];
    await refuseTaken(tx.query(insertion, values));
    if (user.keys) await writeKeys(tx, user.id, user.keys);
  }

  async activate(tx: Transaction, id: string, now: number): Promise<void> {
    await tx.query("UPDATE users SET status = 'active', updated_at = ? WHERE id = ? AND status <> 'active'", [now, id]);
  }

  async update(tx: Transaction, id: string, changes: RegistryChanges, now: number): Promise<boolean> {
    const values = columnsOf(changes);
    const assignments = Object.keys(values).map((name) => `${name} = ?, `);
    const sql = `UPDATE users SET ${assignments.join('')}updated_at = ?, version = version + 1 WHERE id = ?`;
    const found = (await refuseTaken(execute(tx, sql, [...Object.values(values), now, id]))) > 0;
    if (found && changes.keys) await writeKeys(tx, id, changes.keys);
    return found;
  }

  async remove(tx: Transaction, id: string): Promise<void> {
    await tx.query('DELETE FROM user_keys WHERE user_id = ?', [id]);
    await tx.query('DELETE FROM users WHERE id = ?', [id]);
  }
}

async function writeKeys(tx: Transaction, userId: string, keys: UserKeys): Promise<void> {
  for (const [name, value] of Object.entries(keys)) {
    if (value === null) await tx.query('DELETE FROM user_keys WHERE user_id = ? AND name = ?', [userId, name]);
    else await tx.query('REPLACE INTO user_keys (user_id, name, value) VALUES (?, ?, ?)', [userId, name, value]);
  }
}

function columnsOf(changes: RegistryChanges): Record<string, string | number | null> {
  const columns: Record<string, string | number | null> = {};
  if (changes.username !== undefined) {
    assertUsername(changes.username);
    columns['username'] = changes.username;
    columns['username_key'] = usernameKey(changes.username);
  }
  if (changes.enabled !== undefined) columns['enabled'] = changes.enabled ? 1 : 0;
  if (changes.locked !== undefined) columns['locked'] = changes.locked ? 1 : 0;
  if (changes.expiresAt !== undefined) columns['expires_at'] = changes.expiresAt;
  if (changes.origins !== undefined) columns['origins'] = encodeJson(changes.origins);
  if (changes.grants !== undefined) columns['grants'] = encodeJson(changes.grants);
  if (changes.suspendedRoles !== undefined)
    columns['suspended_roles'] = changes.suspendedRoles.length === 0 ? null : encodeJson(changes.suspendedRoles);
  if (changes.email !== undefined) columns['email'] = changes.email;
  return columns;
}

export function toRegisteredUser(row: UserRecord): RegisteredUser {
  return {
    id: row.id,
    userStore: row.user_store,
    username: row.username,
    usernameKey: row.username_key,
    ...(row.email === null ? {} : { email: row.email }),
    status: row.status,
    enabled: Boolean(row.enabled),
    locked: Boolean(row.locked),
    ...(row.expires_at === null ? {} : { expiresAt: Number(row.expires_at) }),
    origins: JSON.parse(row.origins) as Record<string, ValueOrigin>,
    grants: JSON.parse(row.grants) as MembershipGrants,
    suspendedRoles: row.suspended_roles === null ? [] : (JSON.parse(row.suspended_roles) as string[]),
    version: row.version,
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
  };
}

/** The only unique key that two different users can meet on is the username's. */
async function refuseTaken<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (isUniqueViolation(error)) throw usernameTaken(error);
    throw error;
  }
}
