import { Module } from '@nestjs/common';
import { UserAccounts } from './administration/user-accounts.js';
import { FirstAdministrator } from './administration/first-administrator.js';
import { CircuitMetrics } from './availability/circuit-metrics.js';
import { USER_REGISTRY, USER_STORE_DIRECTORY } from './contract.js';
import { UserStores } from './directory/user-stores.js';
import { SqlUserRegistry } from './registry/sql-user-registry.js';
import { UserStoresController } from './settings/user-stores.controller.js';
import { UserStoresSection } from './settings/user-stores.section.js';

/** Users and their stores, for logins and for jobs. Needs the global module of platform. */
@Module({
  providers: [
    UserStoresSection,
    UserStores,
    SqlUserRegistry,
    { provide: USER_STORE_DIRECTORY, useExisting: UserStores },
    { provide: USER_REGISTRY, useExisting: SqlUserRegistry },
    CircuitMetrics,
    UserAccounts,
    FirstAdministrator,
  ],
  exports: [UserStoresSection, UserStores, USER_STORE_DIRECTORY, USER_REGISTRY, UserAccounts, FirstAdministrator],
})
export class UserStoresModule {}

/** The admin API for the stores' settings. Needs `SiteSettings`. */
@Module({ imports: [UserStoresModule], controllers: [UserStoresController] })
export class UserStoresAdministrationModule {}
