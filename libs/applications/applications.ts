import { Database, SettingsMemory, SettingsRevision } from '@foyer/platform';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ApplicationsSection } from './applications.section.js';
import type { Application, ApplicationSettings } from './settings.js';

/** The configured applications, in memory: a change, by whatever process, is seen within a second. */
@Injectable()
export class Applications implements OnModuleInit {
  private readonly memory: SettingsMemory<ApplicationSettings>;
  private clientIds: ReadonlyMap<string, Application> = new Map();

  constructor(
    database: Database,
    private readonly revision: SettingsRevision,
    section: ApplicationsSection,
  ) {
    this.memory = new SettingsMemory(database, section.table, (all) => {
      this.clientIds = new Map(all.map((application) => [application.oidc.clientId, application]));
    });
  }

  /** Reads them. The database must be migrated. */
  async onModuleInit(): Promise<void> {
    await this.memory.follow(this.revision);
  }

  byId(id: string): Application | undefined {
    return this.memory.byId(id);
  }

  byName(name: string): Application | undefined {
    return this.memory.byName(name);
  }

  /** By the `client_id` of OpenID Connect. */
  byClientId(clientId: string): Application | undefined {
    return this.clientIds.get(clientId);
  }

  /** Sorted by name. */
  all(): readonly Application[] {
    return this.memory.all();
  }
}
