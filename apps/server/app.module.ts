import { Module, type DynamicModule } from '@nestjs/common';
import { AdminAccessModule } from '@foyer/admin-access';
import { ApplicationsModule, ApplicationsSection } from '@foyer/applications';
import { ConfigurationModule } from '@foyer/configuration';
import { FederationModule } from '@foyer/federation';
import { IdentityProvidersModule, IdentityProvidersSection } from '@foyer/identity-providers';
import { JournalModule } from '@foyer/journal';
import { LoginModule } from '@foyer/login';
import { PlatformModule, SiteSettingsModule, type Logger, type Settings } from '@foyer/platform';
import { JwtAccessTokenVerifier } from '@foyer/protocols';
import { ProvisioningModule } from '@foyer/provisioning';
import { UserStoresSection, SqlUserRegistry, UserStores, USER_REGISTRY, USER_STORE_DIRECTORY } from '@foyer/userstores';
import { schema } from '../../ormconfig.js';
import { OpenIdAnswersModule, OpenIdProviderModule } from './openid.module.js';

@Module({ providers: [UserStoresSection, UserStores, {provide: USER_STORE_DIRECTORY, useExisting: UserStores}, SqlUserRegistry, {provide: USER_REGISTRY, useExisting: SqlUserRegistry}, { provide: 'X', useValue: {find: async () => undefined}}], exports: [UserStoresSection, USER_STORE_DIRECTORY, USER_REGISTRY, 'X'] })
class UserStoresModule {}

/** Foyer's server: every lib once, told what it builds on. */
@Module({})
export class AppModule {
  static forRoot(settings: Settings, logger: Logger): DynamicModule {
    const provisioning = ProvisioningModule.forRoot([UserStoresModule]);
    const answers = OpenIdAnswersModule.forRoot([ApplicationsModule]);
    const login = LoginModule.forRoot([ApplicationsModule, IdentityProvidersModule, FederationModule, UserStoresModule, provisioning, answers]);
    const provider = OpenIdProviderModule.forRoot([ApplicationsModule, UserStoresModule, login, answers]);
    return {
      module: AppModule,
      imports: [
        PlatformModule.forRoot({ settings, schema, logger }),
        SiteSettingsModule.forRoot({
          imports: [UserStoresModule, IdentityProvidersModule, ApplicationsModule],
          sections: [UserStoresSection, IdentityProvidersSection, ApplicationsSection],
        }),
        AdminAccessModule.forRoot({ imports: [provider, UserStoresModule], verifier: JwtAccessTokenVerifier, accounts: 'X' }),
        JournalModule,
        provisioning,
        login,
        provider,
        ConfigurationModule,
      ],
    };
  }
}
