import type { Transaction } from '@foyer/platform';
import type { CircuitState } from '../availability/circuit-breaker.js';
import { storeDisabled, storeReadOnly } from '../errors.js';
import { hashPassword, verifyPassword } from '../passwords/argon2id.js';
import type { AccountChanges, NewAccount, PreparedPassword, StoreAccount, UserStore, UserStoreCapabilities } from '../store.js';
import type { AccountSource } from './account-source.js';
import { Accounts } from './accounts.js';
import { sqlCapabilities } from './sql-capabilities.js';

export interface SqlStoreOptions {
  readonly domain: string;
  /** A disabled store refuses every call but `ping`. */
  readonly enabled: boolean;
  readonly readOnly: boolean;
  /** Default: false. */
  readonly passwordRequired?: boolean;
}

/** A user store in the tables `accounts` and `account_memberships`, of Foyer's own database or of another. */
export class SqlStore implements UserStore {
  readonly domain: string;
  readonly capabilities: UserStoreCapabilities;
  private readonly accounts: Accounts;

  constructor(
    private readonly options: SqlStoreOptions,
    private readonly source: AccountSource,
  ) {
    this.domain = options.domain;
    const { readOnly, passwordRequired = false } = options;
    this.capabilities = { ...sqlCapabilities({ readOnly, passwordRequired }), transactional: source.transactional };
    this.accounts = new Accounts(options.domain);
  }

  get circuit(): CircuitState | undefined {
    return this.source.circuit;
  }

  async find(userId: string, tx?: Transaction): Promise<StoreAccount | undefined> {
    this.assertEnabled();
    return (await this.source.read((em) => this.accounts.find(em, userId), tx))?.account;
  }

  async findSettled(userId: string): Promise<StoreAccount | undefined> {
    this.assertEnabled();
    const { transactional } = this.source;
    return (await this.source.readSettled((em) => (transactional ? this.accounts.find(em, userId) : this.accounts.findSettled(em, userId))))
      ?.account;
  }

  async findMany(userIds: readonly string[]): Promise<ReadonlyMap<string, StoreAccount>> {
    this.assertEnabled();
    return this.source.read((em) => this.accounts.findMany(em, userIds));
  }

  async findByUsername(username: string, tx?: Transaction): Promise<StoreAccount | undefined> {
    this.assertEnabled();
    return (await this.source.read((em) => this.accounts.findByUsername(em, username), tx))?.account;
  }

  async create(account: NewAccount, tx?: Transaction): Promise<boolean> {
    this.assertWritable();
    return this.source.write((writing) => this.accounts.create(writing, account), tx);
  }

  async update(userId: string, changes: AccountChanges, tx?: Transaction): Promise<void> {
    this.assertWritable();
    await this.source.write((writing) => this.accounts.update(writing, userId, changes), tx);
  }

  async delete(userId: string, tx?: Transaction): Promise<void> {
    this.assertWritable();
    await this.source.write((writing) => this.accounts.delete(writing, userId), tx);
  }

  async preparePassword(password: string): Promise<PreparedPassword> {
    return { prepared: await hashPassword(password) };
  }

  async setPassword(userId: string, password: PreparedPassword, tx?: Transaction): Promise<void> {
    this.assertWritable();
    await this.source.write((writing) => this.accounts.setPassword(writing, userId, password.prepared), tx);
  }

  async hasPassword(userId: string, tx?: Transaction): Promise<boolean> {
    this.assertEnabled();
    return (await this.source.read((em) => this.accounts.find(em, userId), tx))?.passwordHash !== undefined;
  }

  async verifyPassword(username: string, password: string): Promise<StoreAccount | undefined> {
    this.assertEnabled();
    const stored = await this.source.read((em) => this.accounts.findByUsername(em, username));
    return (await verifyPassword(stored?.passwordHash, password)) ? stored?.account : undefined;
  }

  ping(): Promise<void> {
    return this.source.ping();
  }

  /** Lets go of connections. Calls that come later fail. */
  close(): Promise<void> {
    return this.source.close();
  }

  private assertEnabled(): void {
    if (!this.options.enabled) throw storeDisabled(this.domain);
  }

  private assertWritable(): void {
    this.assertEnabled();
    if (this.options.readOnly) throw storeReadOnly(this.domain);
  }
}
