import { Database, SettingsMemory, SettingsRevision } from '@foyer/platform';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { IdentityProvidersSection } from './identity-providers.section.js';
import type { IdentityProvider, IdentityProviderSettings } from './settings.js';

/** The configured identity providers, in memory: a change, by whatever process, is seen within a second. */
@Injectable()
export class IdentityProviders implements OnModuleInit {
  private readonly memory: SettingsMemory<IdentityProviderSettings>;
  private realms: ReadonlyMap<string, IdentityProvider> = new Map();

  constructor(
    database: Database,
    private readonly revision: SettingsRevision,
    section: IdentityProvidersSection,
  ) {
    this.memory = new SettingsMemory(database, section.table, (all) => {
      this.realms = new Map(all.flatMap((provider) => provider.homeRealms.map((realm) => [realm, provider])));
    });
  }

  /** Reads them. The database must be migrated. */
  async onModuleInit(): Promise<void> {
    await this.memory.follow(this.revision);
  }

  byId(id: string): IdentityProvider | undefined {
    return this.memory.byId(id);
  }

  byName(name: string): IdentityProvider | undefined {
    return this.memory.byName(name);
  }

  /** The one that an e-mail domain or realm hint leads to, ignoring case. */
  byHomeRealm(realm: string): IdentityProvider | undefined {
    return this.realms.get(realm.toLowerCase());
  }

  /** Sorted by name. */
  all(): readonly IdentityProvider[] {
    return this.memory.all();
  }
}
