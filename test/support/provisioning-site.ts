import type { EntityManager } from 'typeorm';
import { Receipts, type ConsentPurpose } from '@foyer/consent';
import {
  AccountLinks,
  type Answers,
  ConsentRevocation,
  Deferrals,
  MatchedUsers,
  OpenJobs,
  OwnershipProofs,
  PersonalChanges,
  plan,
  PlanApplier,
  Provisioning,
  ProvisioningOutcomes,
  type ProvisioningPlan,
  type ProvisionInput,
  type ProvisionResult,
  ProvisionJobHandler,
  type Snapshot,
  Snapshots,
} from '@foyer/provisioning';
import type { IdentityProvider, JitSettings, RoleSettings } from '@foyer/identity-providers';
import {
  JobAnnouncements,
  JobEndings,
  JobHandlers,
  JobKinds,
  JobMetrics,
  JobRunner,
  JobStore,
  JobSubjects,
  LocalJobEvents,
  Outbox,
} from '@foyer/jobs';
import { Journal, type JournalEntry } from '@foyer/journal';
import { createLogger, Database, FoyerError, Metrics, newId, systemClock, Vault, type Attributes, type Transaction } from '@foyer/platform';
import { OtherDatabase, OwnDatabase, SqlStore, SqlUserRegistry, type Domain, type StorePolicies, type UserStore } from '@foyer/userstores';
import { schema } from '../../ormconfig.js';
import { Fuse } from './fuse.js';

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

const logger = createLogger({ logLevel: 'silent' });

/** The parts of provisioning in one process. */
export interface SiteProcess {
  readonly provisioning: Provisioning;
  readonly snapshots: Snapshots;
  readonly applier: PlanApplier;
  readonly revocation: ConsentRevocation;
  /** Does the jobs that are due. */
  readonly work: () => Promise<string[]>;
}

/** Provisioning on a real database, with the store PRIMARY in it and the store CORP in another, as one process sees it. */
export class ProvisioningSite {
  readonly links = new AccountLinks();
  readonly registry = new SqlUserRegistry();
  readonly journal = new Journal();
  readonly receipts = new Receipts();
  /** What every identity provider asks consent for. */
  purposes: readonly ConsentPurpose[] = [];
  readonly failures = new Failures();
  readonly subjects = new JobSubjects();
  /** Identity providers as jobs find them, besides `acme` as it is by default: put there by {@link login}s that leave something to jobs. */
  readonly providers = new Map<string, IdentityProvider>();
  /** The same in every process. */
  private readonly vault = new Vault(Buffer.alloc(32, 7));
  /** What happens to a call of CORP before it is made. Throw to let it fail. */
  beforeCorp: (call: keyof UserStore) => Promise<void> = () => Promise.resolve();
  private domains: Domain[] = [];

  private constructor(
    readonly database: Database,
    private readonly other: OtherDatabase,
    private readonly corp: SqlStore,
    readonly fuse: Fuse,
  ) {
    this.configure('PRIMARY', new SqlStore({ domain: 'PRIMARY', enabled: true, readOnly: false }, new OwnDatabase(database)));
    this.configure('CORP', this.watched(corp));
  }

  /** @param url of Foyer's database @param otherUrl of the database of CORP */
  static async open(url: string, otherUrl: string, fuse = new Fuse()): Promise<ProvisioningSite> {
    const database = await Database.connect(url, schema);
    await database.migrate();
    const other = new OtherDatabase({ domain: 'CORP', url: otherUrl, timeoutMs: 10_000, clock: systemClock });
    return new ProvisioningSite(database, other, new SqlStore({ domain: 'CORP', enabled: true, readOnly: false }, other), fuse);
  }

  async close(): Promise<void> {
    await this.corp.close();
    await this.database.close();
  }

  configure(domain: string, store: UserStore, enabled = true): void {
    this.domains = [...this.domains.filter((one) => one.domain !== domain), { domain, enabled, store, policies }];
  }

  /** The parts of a fresh process: nothing is remembered but what is stored. */
  process(): SiteProcess {
    const find = (domain: string): Domain | undefined => this.domains.find((one) => one.domain === domain.toUpperCase());
    const stores = { find, all: () => this.domains };
    const database = this.mortal();
    const matched = new MatchedUsers(database, this.registry, stores);
    const purposes = { of: () => this.purposes };
    const kinds = new JobKinds();
    const outbox = new Outbox(this.subjects, kinds, this.vault, new JobAnnouncements());
    const deferrals = new Deferrals(outbox, this.subjects, kinds);
    const open = new OpenJobs(database, this.subjects);
    const snapshots = new Snapshots(database, this.links, matched, purposes, this.receipts, open, this.registry, stores);
    const applier = new PlanApplier(database, this.links, this.journal, this.receipts, deferrals, this.registry, stores, systemClock);
    const limits = { checkFailures: async () => this.failures.check(), failed: async () => this.failures.add() };
    const metrics = new Metrics();
    const proofs = new OwnershipProofs(stores, limits, metrics);
    const outcomes = new ProvisioningOutcomes(metrics);
    const provisioning = new Provisioning(snapshots, applier, proofs, outcomes, logger, systemClock);
    const changes = new PersonalChanges(database, this.links, applier, this.registry, stores, systemClock);
    const { identityProvider } = login({ subject: 'nobody' });
    const byId = (id: string) => this.providers.get(id) ?? (id === identityProvider.id ? identityProvider : undefined);
    const revocation = new ConsentRevocation(database, this.receipts, changes, purposes, { byId }, this.registry, stores, systemClock);
    const handler = new ProvisionJobHandler(database, snapshots, applier, this.journal, outcomes, { byId }, systemClock);
    return { provisioning, snapshots, applier, revocation, work: () => this.workOff(database, handler, kinds) };
  }

  /** Does what waits and is due, whatever its time, as a worker does, until nothing is left that can be done. @returns the jobs in the order of their runs */
  private async workOff(database: Database, handler: ProvisionJobHandler, kinds: JobKinds): Promise<string[]> {
    const lease = { leaseMs: 30_000 };
    const handlers = new JobHandlers([handler], kinds);
    handlers.onModuleInit();
    const store = new JobStore(database, this.subjects, lease);
    const endings = new JobEndings(this.subjects);
    const metrics = new JobMetrics(new Metrics());
    const runner = new JobRunner(
      database,
      store,
      endings,
      handlers,
      this.vault,
      metrics,
      new LocalJobEvents(),
      { ...lease, concurrency: 10 },
      logger,
    );
    const ran: string[] = [];
    for (;;) {
      const claimed = await store.claim(runner.worker, { kinds: handlers.kinds, limit: 10 });
      if (claimed.length === 0) return ran;
      ran.push(...claimed.map(({ id }) => id));
      await Promise.all(claimed.map((job) => runner.run(job)));
    }
  }

  /** A login in a process of its own. Jobs find the identity provider as the latest login had it. */
  provision(who: Login): Promise<ProvisionResult> {
    const request = login(who);
    this.providers.set(request.identityProvider.id, request.identityProvider);
    return this.process().provisioning.provision(request);
  }

  /** Does all jobs that wait, also for their time. */
  async work(): Promise<string[]> {
    await this.passTime();
    return this.process().work();
  }

  /** Jobs of a worker that died are taken up, and those that failed have their time. */
  async passTime(): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx.query("UPDATE jobs SET status = 'waiting', stage = 'ready', fence = fence + 1, worker = NULL WHERE status = 'running'");
      await tx.query("UPDATE jobs SET due_at = 0 WHERE status = 'waiting'");
    });
  }

  jobs(): Promise<{ id: string; status: string; code: string | null; payload: string | null; subject_id: string }[]> {
    return this.database.read.query('SELECT id, status, code, payload, subject_id FROM jobs ORDER BY created_at, id');
  }

  /** How many rows there are: of links, users, accounts of both stores (also such as Foyer knows nothing of), journal entries by outcome. */
  async counts(): Promise<Record<string, number>> {
    const count = async (em: EntityManager, table: string): Promise<number> =>
      Number((await em.query<{ n: number }[]>(`SELECT COUNT(*) AS n FROM ${table}`))[0]?.n);
    const { read } = this.database;
    return {
      links: await count(read, 'account_links'),
      users: await count(read, 'users'),
      accounts: (await count(read, 'accounts')) + (await this.other.read((em) => count(em, 'accounts'))),
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
    return plan({ ...input, language: 'en', during: 'login', snapshot, now: systemClock.now(), newId });
  }

  /** All rows of Foyer's own tables that a login writes. */
  async everything(): Promise<unknown[]> {
    const tables = ['account_links', 'users', 'accounts', 'account_memberships', 'journal_entries', 'consent_receipts', 'jobs'];
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

  /** An account that was there before, with a password. @returns its user's id */
  async addUser(userStore: string, username: string, password: string, roles: readonly string[] = []): Promise<string> {
    const id = newId();
    const store = this.store(userStore);
    const user = { id, userStore, username, status: 'active', enabled: true, origins: {}, createdAt: systemClock.now() } as const;
    await this.database.transaction((tx) => this.registry.insert(tx, user));
    const prepared = await store.preparePassword(password);
    await store.create({ userId: id, username, enabled: true, attributes: {}, roles, groups: [], password: prepared });
    return id;
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
    const clear = async (tx: Transaction, tables: readonly string[]): Promise<void> => {
      for (const table of tables) await tx.query(`DELETE FROM ${table}`);
    };
    const ofStores = ['accounts', 'account_memberships'];
    await this.other.write((tx) => clear(tx, ofStores));
    const own = ['account_links', 'users', 'journal_entries', 'consent_receipts', 'user_keys', 'jobs', 'job_attempts', 'job_subjects'];
    await this.database.transaction((tx) => clear(tx, [...own, ...ofStores]));
  }

  /** The store CORP that dies when the fuse blows, and fails when the test wants it to. */
  private watched(store: SqlStore): UserStore {
    const before = this.call.bind(this);
    const write = async <T>(call: 'create' | 'update' | 'delete' | 'setPassword', work: () => Promise<T>): Promise<T> => {
      await before(call);
      const result = await work();
      this.fuse.written();
      return result;
    };
    return {
      domain: store.domain,
      capabilities: store.capabilities,
      find: async (userId) => before('find').then(() => store.find(userId)),
      findSettled: async (userId) => before('find').then(() => store.findSettled(userId)),
      findMany: (userIds) => store.findMany(userIds),
      findByUsername: async (username) => before('findByUsername').then(() => store.findByUsername(username)),
      create: (account) => write('create', () => store.create(account)),
      update: (userId, changes) => write('update', () => store.update(userId, changes)),
      delete: (userId) => write('delete', () => store.delete(userId)),
      preparePassword: (password) => store.preparePassword(password),
      setPassword: (userId, password) => write('setPassword', () => store.setPassword(userId, password)),
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
          const result = await target.transaction(async (tx) => {
            const done = await work(tx);
            fuse.beforeCommit();
            return done;
          });
          fuse.written();
          return result;
        };
      },
    });
  }
}

export const subjectOf = (result: ProvisionResult): string => ('subject' in result ? result.subject : '');

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
