import { Inject, Injectable, Module, type DynamicModule } from '@nestjs/common';
import { AdminAccessModule } from '@foyer/admin-access';
import { ApplicationsModule, ApplicationsSection } from '@foyer/applications';
import { ConfigurationModule } from '@foyer/configuration';
import { ConsentAdministrationModule, ConsentBurial, ConsentModule, ConsentPurposesSection, ConsentRevocationModule } from '@foyer/consent';
import { FederationModule } from '@foyer/federation';
import { IdentityProvidersAdministrationModule, IdentityProvidersModule, IdentityProvidersSection } from '@foyer/identity-providers';
import { JobsAdministrationModule, JobsRunningModule } from '@foyer/jobs';
import { JournalAdministrationModule, JournalModule } from '@foyer/journal';
import { AccountModule, Authentications, durableLoginState, LoginModule } from '@foyer/login';
import { PlatformModule, SiteSettingsModule, type Logger, type Settings } from '@foyer/platform';
import { durableOidcState, JwtAccessTokenVerifier } from '@foyer/protocols';
import { AccountLinksModule, JobOvertaking, LinkBurial, ProvisioningModule, ProvisionJobHandler } from '@foyer/provisioning';
import {
  UserAccounts,
  UserAdministrationModule,
  UserStoresAdministrationModule,
  UserStoresModule,
  UserStoresSection,
  type UserLifecycle,
} from '@foyer/userstores';
import { schema } from '../../ormconfig.js';
import { ConfiguredLanes, ConfiguredLanesModule } from './configured-lanes.js';
import { OpenIdAnswersModule, OpenIdProviderModule } from './openid.module.js';

/** Ends what a user is logged in to when the user is disabled, removed or unlinked. */
@Injectable()
class EndOfSessions implements UserLifecycle {
  constructor(@Inject(Authentications) private readonly authentications: Pick<Authentications, 'revokeUser' | 'revokeLink'>) {}

  async removed(): Promise<void> {}

  disabled(userId: string): Promise<void> {
    return this.authentications.revokeUser(userId);
  }

  unlinked(userId: string, identityProviderId: string): Promise<void> {
    return this.authentications.revokeLink(userId, identityProviderId);
  }
}

const settingsSections = {
  imports: [UserStoresModule, ConsentModule, IdentityProvidersModule, ApplicationsModule],
  sections: [UserStoresSection, ConsentPurposesSection, IdentityProvidersSection, ApplicationsSection],
};

const administration = [
  JournalAdministrationModule,
  UserStoresAdministrationModule,
  ConsentAdministrationModule,
  IdentityProvidersAdministrationModule,
];

/** Foyer's server: every lib once, told what it builds on. */
@Module({})
export class AppModule {
  static forRoot(settings: Settings, logger: Logger): DynamicModule {
    const provisioning = ProvisioningModule.forRoot([UserStoresModule, ConsentModule, IdentityProvidersModule]);
    const answers = OpenIdAnswersModule.forRoot([ApplicationsModule, IdentityProvidersModule]);
    const login = LoginModule.forRoot([
      ApplicationsModule,
      ConsentModule,
      IdentityProvidersModule,
      FederationModule,
      JournalModule,
      UserStoresModule,
      provisioning,
      answers,
    ]);
    const revocation = ConsentRevocationModule.forRoot([provisioning]);
    const account = AccountModule.forRoot([
      ConsentModule,
      IdentityProvidersModule,
      UserStoresModule,
      provisioning,
      revocation,
      login,
      answers,
    ]);
    const provider = OpenIdProviderModule.forRoot([ApplicationsModule, login, answers]);
    const jobs = JobsRunningModule.forRoot({ settings, role: 'server', imports: [provisioning], handlers: [ProvisionJobHandler] });
    return {
      module: AppModule,
      imports: [
        PlatformModule.forRoot({ settings, schema, logger, durableState: [...durableLoginState, ...durableOidcState] }),
        SiteSettingsModule.forRoot(settingsSections),
        AdminAccessModule.forRoot({ imports: [provider, UserStoresModule], verifier: JwtAccessTokenVerifier, accounts: UserAccounts }),
        ...administration,
        UserAdministrationModule.forRoot({
          imports: [AccountLinksModule, ConsentModule, EndOfSessionsModule.forRoot(answers)],
          lifecycle: [JobOvertaking, LinkBurial, ConsentBurial, EndOfSessions],
        }),
        revocation,
        login,
        account,
        provider,
        jobs,
        JobsAdministrationModule.forRoot({ imports: [jobs, ConfiguredLanesModule], lanes: ConfiguredLanes }),
        ConfigurationModule,
      ],
    };
  }
}

@Module({})
class EndOfSessionsModule {
  static forRoot(answers: DynamicModule): DynamicModule {
    return { module: EndOfSessionsModule, imports: [answers], providers: [EndOfSessions], exports: [EndOfSessions] };
  }
}
