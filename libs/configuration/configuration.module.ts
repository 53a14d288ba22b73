import { Module } from '@nestjs/common';
import { ConfigurationAtStart } from './configuration-at-start.js';
import { Configuration } from './configuration.js';

/** Needs `SiteSettings`, `SETTINGS` and `LOGGER` from global modules. */
@Module({ providers: [Configuration, ConfigurationAtStart], exports: [Configuration] })
export class ConfigurationModule {}
