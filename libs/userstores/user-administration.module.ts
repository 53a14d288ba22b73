import { Module, type DynamicModule, type InjectionToken, type ModuleMetadata } from '@nestjs/common';
import { USER_LIFECYCLE, type UserLifecycle } from './administration/contract.js';
import { UserAdministration } from './administration/user-administration.js';
import { UserWriter } from './administration/user-writer.js';
import { UsersController } from './administration/users.controller.js';
import { UsersReader } from './administration/users-reader.js';
import { UserStoresModule } from './user-stores.module.js';

export interface UserAdministrationOptions {
  /** The modules that export `USER_LINKS` and what follows users. */
  readonly imports: NonNullable<ModuleMetadata['imports']>;
  /** The `UserLifecycle`s, in the order in which they are called. */
  readonly lifecycle: readonly InjectionToken[];
}

/** The admin API for users. A module of its own, because those who follow users build on `UserStoresModule` themselves. */
@Module({})
export class UserAdministrationModule {
  static forRoot({ imports, lifecycle }: UserAdministrationOptions): DynamicModule {
    return {
      module: UserAdministrationModule,
      imports: [UserStoresModule, ...imports],
      controllers: [UsersController],
      providers: [
        { provide: USER_LIFECYCLE, inject: [...lifecycle], useFactory: (...all: UserLifecycle[]) => all },
        UsersReader,
        UserWriter,
        UserAdministration,
      ],
      exports: [UserAdministration, UsersReader],
    };
  }
}
