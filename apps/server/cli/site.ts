import { ApplicationsSection } from '@foyer/applications';
import { Configuration } from '@foyer/configuration';
import { ConsentPurposesSection, Notices } from '@foyer/consent';
import { IdentityProvidersSection } from '@foyer/identity-providers';
import {
  createLogger,
  Database,
  loadSettings,
  SettingsRevision,
  SiteSettings,
  systemClock,
  Vault,
  type Logger,
  type Settings,
} from '@foyer/platform';
import { UserStoresSection } from '@foyer/userstores';
import { pino } from 'pino';
import { schema } from '../../../ormconfig.js';

/** What commands work on: the configured database, migrated, with or without a server running on it. */
export interface Site {
  readonly settings: Settings;
  readonly database: Database;
  readonly revision: SettingsRevision;
  readonly vault: Vault;
  readonly logger: Logger;
  readonly siteSettings: SiteSettings;
  readonly configuration: Configuration;
}

/** Opens the site that the environment names, lets `work` use it, and closes it. */
export async function withSite<T>(env: Readonly<Record<string, string | undefined>>, work: (site: Site) => Promise<T>): Promise<T> {
  const site = await openSite(env);
  try {
    return await work(site);
  } finally {
    await site.database.close();
  }
}

/** The caller closes its database. */
export async function openSite(env: Readonly<Record<string, string | undefined>>): Promise<Site> {
  const settings = loadSettings(env);
  const database = await Database.connect(settings.databaseUrl, schema);
  try {
    await database.migrate();
    return siteOn(database, settings);
  } catch (error) {
    await database.close();
    throw error;
  }
}

function siteOn(database: Database, settings: Settings): Site {
  // Standard output is for what a command was asked for.
  const logger = createLogger({ logLevel: 'warn' }, pino.destination({ dest: 2, sync: true }));
  const vault = new Vault(settings.secretKey);
  const revision = new SettingsRevision(database, logger);
  const sections = [
    new UserStoresSection(vault, settings),
    new ConsentPurposesSection(vault, new Notices()),
    new IdentityProvidersSection(vault, settings),
    new ApplicationsSection(vault, settings),
  ];
  const siteSettings = new SiteSettings(database, revision, sections, systemClock);
  return { settings, database, revision, vault, logger, siteSettings, configuration: new Configuration(siteSettings) };
}
