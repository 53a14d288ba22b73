import { Module, type DynamicModule, type InjectionToken, type ModuleMetadata } from '@nestjs/common';
import { AdminAccess } from './admin-access.js';
import { ACCESS_TOKEN_VERIFIER, ADMIN_ACCOUNTS } from './contract.js';

export interface AdminAccessOptions {
  /** The modules that export the two. */
  readonly imports: NonNullable<ModuleMetadata['imports']>;
  /** What implements `AccessTokenVerifier`. */
  readonly verifier: InjectionToken;
  /** What implements `AdminAccounts`. */
  readonly accounts: InjectionToken;
}

/** Guards the admin API, in whichever lib its controllers are. */
@Module({})
export class AdminAccessModule {
  static forRoot({ imports, verifier, accounts }: AdminAccessOptions): DynamicModule {
    return {
      module: AdminAccessModule,
      global: true,
      imports,
      providers: [
        AdminAccess,
        { provide: ACCESS_TOKEN_VERIFIER, useExisting: verifier },
        { provide: ADMIN_ACCOUNTS, useExisting: accounts },
      ],
      exports: [AdminAccess, ADMIN_ACCOUNTS],
    };
  }
}
