import { isOfNewerVersion, LOGGER, SETTINGS, type Logger, type Settings, type SettingsChange } from '@foyer/platform';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Configuration } from './configuration.js';

/** Applies `FOYER_CONFIG` at start. The file wins over what was changed by API since, and the log says in which fields. */
@Injectable()
export class ConfigurationAtStart implements OnApplicationBootstrap {
  constructor(
    private readonly configuration: Configuration,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'configFile'>,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>,
  ) {}

  /** @throws SettingsFileError when the file is not valid: then Foyer does not start */
  async onApplicationBootstrap(): Promise<void> {
    const { configFile } = this.settings;
    if (configFile === undefined) return;
    for (const { section, name, action, fields } of await this.apply(configFile)) {
      const about = { section, name, fields: fields.map(({ path }) => path) };
      if (action === 'changed') this.logger.warn(about, 'FOYER_CONFIG replaced stored settings');
      else this.logger.info({ section, name }, `settings ${action} by FOYER_CONFIG`);
    }
  }

  /** During an upgrade, one of the version before that starts again takes the settings as they are. */
  private async apply(configFile: string): Promise<SettingsChange[]> {
    try {
      return await this.configuration.applyFile(configFile, { prune: false, dryRun: false });
    } catch (error) {
      if (!isOfNewerVersion(error)) throw error;
      this.logger.error({ err: error }, 'FOYER_CONFIG was not applied: the stored settings are of a newer version of Foyer');
      return [];
    }
  }
}
