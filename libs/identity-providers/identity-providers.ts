import { Database, LOGGER, SettingsMemory, SettingsRevision, type Logger } from '@foyer/platform';
import { Inject, Injectable } from '@nestjs/common';
import { IdentityProvidersSection } from './identity-providers.section.js';
import type { IdentityProvider, IdentityProviderSettings } from './settings.js';

/** The configured identity providers, in memory. */
@Injectable()
export class IdentityProviders extends SettingsMemory<IdentityProviderSettings> {
  private realms: ReadonlyMap<string, IdentityProvider> = new Map();

  constructor(
    database: Database,
    revision: SettingsRevision,
    section: IdentityProvidersSection,
    @Inject(LOGGER) logger: Pick<Logger, 'error'>,
  ) {
    super(database, revision, section, logger);
  }

  /** The one that an e-mail domain or realm hint leads to, ignoring case. */
  byHomeRealm(realm: string): IdentityProvider | undefined {
    return this.realms.get(realm.toLowerCase());
  }

  protected override loaded(all: readonly IdentityProvider[]): void {
    this.realms = new Map(all.flatMap((provider) => provider.homeRealms.map((realm) => [realm, provider])));
  }
}
