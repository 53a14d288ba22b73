import { Receipts, type ConsentPurpose } from '@foyer/consent';
import {
  AccountLinks,
  MatchedUsers,
  OwnershipProofs,
  plan,
  PlanApplier,
  Provisioning,
  Snapshots,
  type Answers,
  type ProvisioningPlan,
  type ProvisionInput,
  type Snapshot,
} from '@foyer/provisioning';
import type { IdentityProvider, JitSettings, RoleSettings } from '@foyer/identity-providers';
import { Journal, type JournalEntry } from '@foyer/journal';
import { createLogger, Database, FoyerError, Metrics, newId, systemClock, type Attributes, type Transaction } from '@foyer/platform';
import { OtherDatabase, OwnDatabase, SqlStore, SqlUserRegistry, type Domain, type StorePolicies, type UserStore } from '@foyer/userstores';
import { schema } from '../../ormconfig.js';

/** Thrown where a test lets the process die. */
export class Crash extends Error {}

/** Counts the writes of a process: every committed transaction and every call that changes a store. After so many it dies. */
export class Fuse {
  private left = Number.POSITIVE_INFINITY;
  /** Whether it died. */
  blown = false;

  blowAfter(writes: number): void {
    this.left = writes;
    this.blown = false;
  }

  /** No more deaths. */
  remove(): void {
    this.left = Number.POSITIVE_INFINITY;
  }

  written(): void {
    this.left -= 1;
    if (this.left > 0) return;
    this.left = Number.POSITIVE_INFINITY;
    this.blown = true;
    throw new Crash();
  }
}

/** Failed proofs of ownership, limited to ten. */
export class Failures {
  count = 0;

  add(): void {
    this.count += 1;
  }

  check(): void {
    if (this.count >= 10) throw new FoyerError('tooMany', 'rateLimit.exceeded', 'There were too many attempts.');
  }
}

const policies: StorePolicies = {
  username: (value) => (value.length > 2 ? undefined : { code: 'policy.username', policy: 'usernamePattern', message: 'It is too short.' }),
  rolename: () => undefined,
  password: () => undefined,
};

/** Provisioning on a real database, with the store PRIMARY in it and the store CORP in another, as one process sees it. */
export class ProvisioningSite {
  readonly fuse = new Fuse();
  readonly links = new AccountLinks();
  readonly registry = new SqlUserRegistry();
  readonly journal = new Journal();
  readonly receipts = new Receipts();
  /** What every identity provider asks consent for. */
  purposes: readonly ConsentPurpose[] = [];
  readonly failures = new Failures();
  /** What happens to a call of CORP before it is made. Throw to let it fail. */
  beforeCorp: (call: keyof UserStore) => Promise<void> = () => Promise.resolve();
  private domains: Domain[] = [];

  private constructor(
    readonly database: Database,
    private readonly corp: SqlStore,
  ) {
    this.configure('PRIMARY', new SqlStore({ domain: 'PRIMARY', enabled: true, readOnly: false }, new OwnDatabase(database)));
    this.configure('CORP', this.watched(corp));
  }

  /** @param url of Foyer's database @param otherUrl of the database of CORP */
  static async open(url: string, otherUrl: string): Promise<ProvisioningSite> {
    const database = await Database.connect(url, schema);
    await database.migrate();
    const other = new OtherDatabase({ domain: 'CORP', url: otherUrl, timeoutMs: 10_000, clock: systemClock });
    return new ProvisioningSite(database, new SqlStore({ domain: 'CORP', enabled: true, readOnly: false }, other));
  }

  async close(): Promise<void> {
    await this.corp.close();
    await this.database.close();
  }

  configure(domain: string, store: UserStore, enabled = true): void {
    this.domains = [...this.domains.filter((one) => one.domain !== domain), { domain, enabled, store, policies }];
  }

  /** The parts of a fresh process: nothing is remembered but what is stored. */
  process(): { provisioning: Provisioning; snapshots: Snapshots; applier: PlanApplier } {
    const find = (domain: string): Domain | undefined => this.domains.find((one) => one.domain === domain.toUpperCase());
    const stores = { find, all: () => this.domains };
    const database = this.mortal();
    const matched = new MatchedUsers(database, this.registry, stores);
    const snapshots = new Snapshots(database, this.links, matched, { of: () => this.purposes }, this.receipts, this.registry, stores);
    const applier = new PlanApplier(database, this.links, this.journal, this.receipts, this.registry, stores, systemClock);
    const proofs = new OwnershipProofs(stores, {
      checkFailures: async () => this.failures.check(),
      failed: async () => this.failures.add(),
    });
    const provisioning = new Provisioning(snapshots, applier, proofs, new Metrics(), createLogger({ logLevel: 'silent' }), systemClock);
    return { provisioning, snapshots, applier };
  }

  /** How many rows there are: of links, users, accounts of both stores, journal entries by outcome. */
  async counts(): Promise<Record<string, number>> {
    const count = async (sql: string): Promise<number> => Number((await this.database.read.query<{ n: number }[]>(sql))[0]?.n);
    const accounts = await count('SELECT COUNT(*) AS n FROM accounts');
    const users = await this.database.read.query<{ id: string }[]>('SELECT id FROM users');
    const inCorp = await this.corp.findMany(users.map(({ id }) => id));
    return {
      links: await count('SELECT COUNT(*) AS n FROM account_links'),
      users: users.length,
      accounts: accounts + inCorp.size,
      ...(await this.outcomes()),
    };
  }

  async outcomes(): Promise<Record<string, number>> {
    const rows = await this.database.read.query<{ outcome: JournalEntry['outcome']; n: number }[]>(
      'SELECT outcome, COUNT(*) AS n FROM journal_entries GROUP BY outcome ORDER BY outcome',
    );
    return Object.fromEntries(rows.map(({ outcome, n }) => [outcome, Number(n)]));
  }

  /** @throws Error when the site has no such store */
  store(domain: string): UserStore {
    const found = this.domains.find((one) => one.domain === domain)?.store;
    if (!found) throw new Error(`No store ${domain}`);
    return found;
  }

  plan(input: ProvisionInput, snapshot: Snapshot): ProvisioningPlan {
    return plan({ ...input, language: 'en', snapshot, now: systemClock.now(), newId });
  }

  /** All rows of Foyer's own tables that a login writes. */
  async everything(): Promise<unknown[]> {
    const tables = ['account_links', 'users', 'accounts', 'account_memberships', 'journal_entries', 'consent_receipts'];
    return Promise.all(tables.map((table) => this.database.read.query<unknown>(`SELECT * FROM ${table}`)));
  }

  /** What the store has of a user. */
  async stored(domain: string, userId: string): Promise<{ attributes?: Attributes; username?: string }> {
    const found = await this.domains.find((one) => one.domain === domain)?.store.find(userId);
    return found ? { attributes: found.attributes, username: found.username } : {};
  }

  /** Deletes a user as an administrator does: the links stay as tombstones. */
  async remove(userId: string, domain: string): Promise<void> {
    if (domain === 'CORP') await this.corp.delete(userId);
    await this.database.transaction(async (tx) => {
      if (domain !== 'CORP') await this.domains.find((one) => one.domain === domain)?.store.delete(userId, tx);
      await this.links.bury(tx, userId, Date.now());
      await this.registry.remove(tx, userId);
    });
  }

  /** An account that Foyer knows nothing of. */
  async addToCorp(username: string): Promise<void> {
    await this.corp.create({ userId: newId(), username, enabled: true, attributes: {}, roles: [], groups: [] });
  }

  async removeFromCorp(username: string): Promise<void> {
    const found = await this.corp.findByUsername(username);
    if (found) await this.corp.delete(found.userId);
  }

  /** Forgets everybody. */
  async empty(): Promise<void> {
    const users = await this.database.read.query<{ id: string; user_store: string }[]>('SELECT id, user_store FROM users');
    for (const user of users) if (user.user_store === 'CORP') await this.corp.delete(user.id);
    await this.database.transaction(async (tx) => {
      for (const table of ['account_links', 'users', 'accounts', 'account_memberships', 'journal_entries', 'consent_receipts', 'user_keys'])
        await tx.query(`DELETE FROM ${table}`);
    });
  }

  /** The store CORP that dies when the fuse blows, and fails when the test wants it to. */
  private watched(store: SqlStore): UserStore {
    const before = this.call.bind(this);
    const write = async (call: 'create' | 'update' | 'delete', work: () => Promise<void>): Promise<void> => {
      await before(call);
      await work();
      this.fuse.written();
    };
    return {
      domain: store.domain,
      capabilities: store.capabilities,
      find: async (userId) => before('find').then(() => store.find(userId)),
      findMany: (userIds) => store.findMany(userIds),
      findByUsername: async (username) => before('findByUsername').then(() => store.findByUsername(username)),
      create: (account) => write('create', () => store.create(account)),
      update: (userId, changes) => write('update', () => store.update(userId, changes)),
      delete: (userId) => write('delete', () => store.delete(userId)),
      preparePassword: (password) => store.preparePassword(password),
      setPassword: (userId, password) => store.setPassword(userId, password),
      hasPassword: (userId) => store.hasPassword(userId),
      hasPassword: (userId) => store.hasPassword(userId),
      verifyPassword: (username, password) => store.verifyPassword(username, password),
      ping: () => store.ping(),
    };
  }

  private call(call: keyof UserStore): Promise<void> {
    return this.beforeCorp(call);
  }

  /** The database of a process that dies right after a commit when the fuse blows. */
  private mortal(): Database {
    const { database, fuse } = this;
    return new Proxy(database, {
      get(target, property) {
        if (property !== 'transaction') return Reflect.get(target, property, target) as unknown;
        return async <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => {
          const result = await target.transaction(work);
          fuse.written();
          return result;
        };
      },
    });
  }
}

export interface Login {
  readonly subject: string;
  readonly jit?: Partial<JitSettings>;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly userIdClaim?: string;
  /** What the claim `roles` becomes here. */
  readonly roles?: Partial<RoleSettings>;
  readonly answers?: Answers;
  readonly provider?: string;
}

/** A login at the provider `acme`, which maps the claims `email` and `given_name`. */
export function login({ subject, jit, claims, userIdClaim, roles, answers, provider = 'acme' }: Login): ProvisionInput {
  const identityProvider: IdentityProvider = {
    ...{ id: `${provider}-id`, name: provider, displayName: 'Acme', enabled: true, homeRealms: [], version: 1, createdAt: 0, updatedAt: 0 },
    protocol: 'oidc',
    oidc: {
      ...{ issuer: 'https://login.acme.example', clientId: 'foyer', clientAuthentication: 'client_secret_basic', clientSecret: 'secret' },
      ...{ scopes: ['openid'], authorizeParameters: {}, forward: [], clockSkewSeconds: 30, timeoutMs: 5000, maxResponseBytes: 1_048_576 },
    },
    claims: {
      ...(userIdClaim !== undefined && { userId: userIdClaim }),
      ...(roles && { roles: 'roles' }),
      mappings: [
        { from: 'email', to: 'email', onAbsent: 'clear', owner: 'idp' },
        { from: 'given_name', to: 'givenName', onAbsent: 'keep', owner: 'idp' },
      ],
    },
    roles: { mappings: [], unmapped: 'drop', revoke: 'granted-here', default: [], never: [], ...roles },
    jit: {
      ...{ enabled: true, mode: 'blocking', onFailure: 'deny', userStore: 'PRIMARY', prompt: 'none', attributeSync: 'overwrite' },
      ...{ linking: { existing: 'deny', match: [] }, trustedDomains: ['acme.example'], consentPurposes: [], onConsentRefused: 'deny' },
      ...jit,
    },
  };
  const identity = {
    issuer: 'https://login.acme.example',
    subject,
    claims: claims ?? { email: `${subject}@acme.example`, email_verified: true, given_name: 'Anna' },
    evidence: {},
  };
  return { loginId: newId(), identityProvider, identity, ...(answers && { answers }), language: 'de', address: '192.0.2.1' };
}
