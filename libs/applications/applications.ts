import { Database, LOGGER, SettingsMemory, SettingsRevision, type Logger } from '@foyer/platform';
import { Inject, Injectable } from '@nestjs/common';
import { ApplicationsSection } from './applications.section.js';
import type { Application, ApplicationSettings } from './settings.js';

/** The configured applications, in memory. */
@Injectable()
export class Applications extends SettingsMemory<ApplicationSettings> {
  private clientIds: ReadonlyMap<string, Application> = new Map();

  constructor(database: Database, revision: SettingsRevision, section: ApplicationsSection, @Inject(LOGGER) logger: Pick<Logger, 'error'>) {
    super(database, revision, section, logger);
  }

  /** By the `client_id` of OpenID Connect. */
  byClientId(clientId: string): Application | undefined {
    return this.clientIds.get(clientId);
  }

  protected override loaded(all: readonly Application[]): void {
    this.clientIds = new Map(all.map((application) => [application.oidc.clientId, application]));
  }
}
