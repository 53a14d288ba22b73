import {
  Module,
  type DynamicModule,
  type FactoryProvider,
  type MiddlewareConsumer,
  type ModuleMetadata,
  type NestModule,
} from '@nestjs/common';
import { Applications } from '@foyer/applications';
import { ApplicationConsents, ConsentPurposes, Receipts } from '@foyer/consent';
import { Connectors } from '@foyer/federation';
import { IdentityProviders } from '@foyer/identity-providers';
import { Journal } from '@foyer/journal';
import {
  CLOCK,
  Cookies,
  Database,
  formBody,
  LOGGER,
  Metrics,
  RateLimits,
  SETTINGS,
  SHORT_LIVED_STATE,
  StateSweeper,
  ThemeRenderer,
  type Clock,
  type Logger,
  type Settings,
  type ShortLivedState,
} from '@foyer/platform';
import { OpenJobs, Provisioning, SelfAsserted } from '@foyer/provisioning';
import { USER_REGISTRY, USER_STORE_DIRECTORY, type UserRegistry, type UserStoreDirectory } from '@foyer/userstores';
import { AnswersInPlace } from './answers-in-place.js';
import { Authentications } from './authentications.js';
import { BrowserBinding } from './browser-binding.js';
import { buildLoginFlow } from './build-login-flow.js';
import { BROWSER_SESSIONS, LOGIN_ANSWERERS, type BrowserSessions, type LoginAnswerer } from './contract.js';
import { LocalAccounts } from './local-accounts.js';
import { ExpiredLogins } from './log/expired-logins.js';
import { LoginExplanations } from './log/login-explanations.js';
import { LoginLog } from './log/login-log.js';
import { LoginRetention } from './log/login-retention.js';
import { LoginMetrics } from './log/login-metrics.js';
import { LoginRecorder } from './log/login-recorder.js';
import { LoginsController } from './log/logins.controller.js';
import { LoginAdmission } from './login-admission.js';
import { LoginFlow } from './login-flow.js';
import { Openings } from './openings.js';
import { Callback } from './pages/callback.js';
import { LoginController } from './pages/login.controller.js';
import { LoginPages } from './pages/login-pages.js';
import { OutcomeWriter } from './pages/outcome-writer.js';
import { PageWriter } from './pages/page-writer.js';
import { RefusalFilter } from './pages/refusal.filter.js';
import { StaticController } from './pages/static.controller.js';
import { Releases } from './release/releases.js';
import { Withholding } from './release/withholding.js';

const parts: FactoryProvider[] = [
  { provide: BrowserBinding, inject: [SETTINGS], useFactory: ({ publicUrl }: Settings) => new BrowserBinding(publicUrl) },
  {
    provide: Openings,
    inject: [Applications, IdentityProviders],
    useFactory: (applications: Applications, providers: IdentityProviders) => new Openings(applications, providers),
  },
  {
    provide: LoginAdmission,
    inject: [Openings, IdentityProviders],
    useFactory: (openings: Openings, providers: IdentityProviders) => new LoginAdmission(openings, providers),
  },
  {
    provide: LocalAccounts,
    inject: [USER_STORE_DIRECTORY, USER_REGISTRY, Database, CLOCK],
    useFactory: (stores: UserStoreDirectory, registry: UserRegistry, database: Database, clock: Clock) =>
      new LocalAccounts(stores, registry, database, clock),
  },
  {
    provide: Withholding,
    inject: [Database, Receipts, ConsentPurposes, IdentityProviders],
    useFactory: (database: Database, receipts: Receipts, purposes: ConsentPurposes, providers: IdentityProviders) =>
      new Withholding(database, receipts, purposes, providers),
  },
  {
    provide: Releases,
    inject: [
      Applications,
      ApplicationConsents,
      Database,
      USER_REGISTRY,
      USER_STORE_DIRECTORY,
      CLOCK,
      Withholding,
      OpenJobs,
      Authentications,
    ],
    useFactory: (
      applications: Applications,
      consents: ApplicationConsents,
      database: Database,
      registry: UserRegistry,
      stores: UserStoreDirectory,
      clock: Clock,
      withholding: Withholding,
      jobs: OpenJobs,
      authentications: Authentications,
    ) => new Releases(applications, consents, { database, registry, stores, clock, withholding, jobs, authentications }),
  },
  {
    provide: LoginRetention,
    inject: [Database, SETTINGS, CLOCK, LOGGER],
    useFactory: (database: Database, settings: Settings, clock: Clock, logger: Logger) =>
      new LoginRetention(database, settings, clock, logger),
  },
  { provide: LoginLog, inject: [Database, LOGGER], useFactory: (database: Database, logger: Logger) => new LoginLog(database, logger) },
  {
    provide: LoginExplanations,
    inject: [Database, Journal],
    useFactory: (database: Database, journal: Journal) => new LoginExplanations(database, journal),
  },
  { provide: LoginMetrics, inject: [Metrics], useFactory: (metrics: Metrics) => new LoginMetrics(metrics) },
  {
    provide: LoginRecorder,
    inject: [LoginLog, LoginMetrics, LOGGER],
    useFactory: (log: LoginLog, metrics: LoginMetrics, logger: Logger) => new LoginRecorder(log, metrics, logger),
  },
  {
    provide: ExpiredLogins,
    inject: [StateSweeper, LoginLog, LoginMetrics],
    useFactory: (sweeper: StateSweeper, log: LoginLog, metrics: LoginMetrics) => new ExpiredLogins(sweeper, log, metrics),
  },
];

const flow: FactoryProvider = {
  provide: LoginFlow,
  inject: [
    SETTINGS,
    CLOCK,
    SHORT_LIVED_STATE,
    Openings,
    Authentications,
    Connectors,
    Provisioning,
    LocalAccounts,
    Releases,
    SelfAsserted,
    BROWSER_SESSIONS,
    LOGIN_ANSWERERS,
    RateLimits,
    LoginRecorder,
    LoginLog,
  ],
  useFactory: (
    settings: Settings,
    clock: Clock,
    state: ShortLivedState,
    openings: Openings,
    authentications: Authentications,
    federation: Connectors,
    provisioner: Provisioning,
    accounts: LocalAccounts,
    releases: Releases,
    selfAssertions: SelfAsserted,
    sessions: BrowserSessions,
    answerers: readonly LoginAnswerer[],
    limits: RateLimits,
    recorder: LoginRecorder,
    past: LoginLog,
  ) =>
    buildLoginFlow({
      ...{ settings, clock, state, openings, authentications, federation, provisioner, accounts },
      ...{ releases, selfAssertions, sessions, answerers, limits, recorder, past },
    }),
};

const pages: FactoryProvider[] = [
  {
    provide: LoginPages,
    inject: [Openings, BrowserBinding, ConsentPurposes],
    useFactory: (openings: Openings, binding: BrowserBinding, purposes: ConsentPurposes) => new LoginPages(openings, binding, purposes),
  },
  {
    provide: PageWriter,
    inject: [ThemeRenderer, Cookies],
    useFactory: (themes: ThemeRenderer, cookies: Cookies) => new PageWriter(themes, cookies),
  },
  {
    provide: OutcomeWriter,
    inject: [LoginPages, PageWriter, BrowserBinding],
    useFactory: (loginPages: LoginPages, writer: PageWriter, binding: BrowserBinding) => new OutcomeWriter(loginPages, writer, binding),
  },
];

/** What `/account` shows its pages with. */
const forPages = [LoginPages, PageWriter, LoginMetrics, LoginLog];

/** The login flow with its pages, and the log of logins. */
@Module({})
export class LoginModule implements NestModule {
  /**
   * @param imports the modules that export what a login works with: the classes and tokens that are injected above, those of the protocols
   *   (`LOGIN_ANSWERERS`, `BROWSER_SESSIONS`) included
   */
  static forRoot(imports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return {
      module: LoginModule,
      imports,
      controllers: [LoginController, StaticController, LoginsController],
      providers: [...parts, flow, ...pages, AnswersInPlace, Authentications, RefusalFilter, Callback],
      exports: [AnswersInPlace, Callback, LoginFlow, LoginAdmission, Authentications, Openings, Releases, ...forPages],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(formBody()).forRoutes(LoginController);
  }
}
