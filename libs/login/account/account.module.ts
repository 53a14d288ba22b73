import { Module, type DynamicModule, type MiddlewareConsumer, type ModuleMetadata, type NestModule } from '@nestjs/common';
import { formBody } from '@foyer/platform';
import { AccountController } from './account.controller.js';
import { AccountExport } from './account-export.js';
import { AccountExportController } from './account-export.controller.js';
import { AccountView } from './account-view.js';
import { OwnConsents } from './own-consents.js';
import { OwnDataController } from './own-data.controller.js';
import { OwnLinks } from './own-links.js';
import { Visitors } from './visitors.js';

/** `/account`, for the person logged in. A module of its own, because it needs more of other libs than a login does. */
@Module({})
export class AccountModule implements NestModule {
  /** @param imports `LoginModule`, and the modules that export what is injected here: consent and its revocation, links, users and their stores */
  static forRoot(imports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return {
      module: AccountModule,
      imports,
      controllers: [AccountController, AccountExportController, OwnDataController],
      providers: [Visitors, OwnLinks, OwnConsents, AccountView, AccountExport],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(formBody()).forRoutes(AccountController, OwnDataController);
  }
}
