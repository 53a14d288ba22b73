import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CLOCK, Database, LOGGER, SettingsRevision, type Clock, type Logger, type StoredObject } from '@foyer/platform';
import type { Domain, UserStoreDirectory } from '../contract.js';
import { compilePolicies } from '../policies/compile-policies.js';
import { withPassword } from '../settings/database-url.js';
import { domainKey, type UserStoreSettings } from '../settings/settings.js';
import { UserStoresSection } from '../settings/user-stores.section.js';
import { OwnDatabase } from '../sql/account-source.js';
import { OtherDatabase } from '../sql/other-database.js';
import { SqlStore } from '../sql/sql-store.js';

interface Entry {
  readonly stored: StoredObject<UserStoreSettings>;
  readonly domain: Domain & { readonly store: SqlStore };
}

/** The configured user stores, in memory: a change, by whatever process, is seen within a second. A store that did not change stays as it is. */
@Injectable()
export class UserStores implements UserStoreDirectory, OnModuleInit, OnApplicationShutdown {
  private entries: ReadonlyMap<string, Entry> = new Map();
  private retired = new Set<SqlStore>();
  private unsubscribe: () => void = () => undefined;

  constructor(
    private readonly database: Database,
    private readonly revision: SettingsRevision,
    private readonly section: UserStoresSection,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn' | 'error'>,
  ) {}

  /** Reads them. The database must be migrated; other databases need not even be up. */
  async onModuleInit(): Promise<void> {
    await this.load();
    this.unsubscribe = this.revision.onChange(() => this.load());
  }

  async onApplicationShutdown(): Promise<void> {
    this.unsubscribe();
    const stores = [...this.retired, ...[...this.entries.values()].map(({ domain }) => domain.store)];
    await Promise.allSettled(stores.map((store) => store.close()));
  }

  find(domain: string): Domain | undefined {
    return this.entries.get(domainKey(domain))?.domain;
  }

  /** Sorted by domain. */
  all(): readonly Domain[] {
    return [...this.entries.values()].map(({ domain }) => domain);
  }

  private async load(): Promise<void> {
    const before = this.entries;
    const known = new Map([...before.values()].map(({ stored }) => [stored.id, stored]));
    const all = await this.section.table.readable(this.database.read, this.logger, known);
    this.entries = new Map(
      all.map((stored) => {
        const same = before.get(stored.name);
        return [stored.name, same?.stored === stored ? same : { stored, domain: this.build(stored.settings) }];
      }),
    );
    for (const entry of before.values()) if (this.entries.get(entry.stored.name) !== entry) this.retire(entry);
  }

  private build(settings: UserStoreSettings): Entry['domain'] {
    const { domain, enabled, sql } = settings;
    const { clock } = this;
    const source = sql
      ? new OtherDatabase({ domain, url: withPassword(sql.url, sql.password), timeoutMs: sql.timeoutMs, clock })
      : new OwnDatabase(this.database);
    return { domain, enabled, store: new SqlStore(settings, source), policies: compilePolicies(settings.policy) };
  }

  /** Calls that are under way on a replaced store end by themselves, within its timeout: only then its connections go. */
  private retire({ stored, domain: { store } }: Entry): void {
    this.retired.add(store);
    const close = (): void => {
      this.retired.delete(store);
      store
        .close()
        .catch((error: unknown) => this.logger.warn({ err: error, userStore: store.domain }, 'A replaced user store could not be closed'));
    };
    setTimeout(close, stored.settings.sql?.timeoutMs ?? 0).unref();
  }
}
