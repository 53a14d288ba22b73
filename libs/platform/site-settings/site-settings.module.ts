import { Module, type DynamicModule, type InjectionToken, type ModuleMetadata } from '@nestjs/common';
import type { ConfigurableSection } from './section.js';
import { SETTINGS_SECTIONS, SiteSettings } from './site-settings.js';

export interface SiteSettingsOptions {
  /** The modules that export the sections. */
  readonly imports: NonNullable<ModuleMetadata['imports']>;
  /** In the order in which they refer to each other: what is referred to comes first. */
  readonly sections: readonly InjectionToken[];
}

/** The one way to change settings objects, whichever lib they belong to. */
@Module({})
export class SiteSettingsModule {
  static forRoot({ imports, sections }: SiteSettingsOptions): DynamicModule {
    return {
      module: SiteSettingsModule,
      global: true,
      imports,
      providers: [{ provide: SETTINGS_SECTIONS, inject: [...sections], useFactory: (...all: ConfigurableSection[]) => all }, SiteSettings],
      exports: [SiteSettings],
    };
  }
}
