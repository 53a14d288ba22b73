import { Module, type DynamicModule, type ModuleMetadata, type OnModuleInit, type Provider } from '@nestjs/common';
import { adminApiOf, adminScopes, scopesOfRoles } from '@foyer/admin-access';
import { Applications } from '@foyer/applications';
import { Authentications, BROWSER_SESSIONS, LOGIN_ANSWERERS, LoginAdmission, LoginFlow, Releases } from '@foyer/login';
import {
  CLOCK,
  Database,
  LOGGER,
  Metrics,
  Outgoing,
  SETTINGS,
  SettingsRevision,
  SHORT_LIVED_STATE,
  ThemeRenderer,
  Vault,
  type Clock,
  type Logger,
  type Settings,
  type ShortLivedState,
} from '@foyer/platform';
import {
  clientsOf,
  createProviderHost,
  JwtAccessTokenVerifier,
  OidcBrowserSessions,
  OidcLoginAnswerer,
  ProviderHost,
  SigningKeys,
  type OidcClients,
} from '@foyer/protocols';

/** What a client of the `jwks_uri` of an application may take: milliseconds and bytes. */
const clientKeysLimits = { timeoutMs: 5_000, maxResponseBytes: 65_536 };
const scopes = { all: adminScopes, ofRoles: scopesOfRoles };

/** Nest token of the {@link OidcClients}. */
const OIDC_CLIENTS = Symbol('OidcClients');

const answers: Provider[] = [
  Authentications,
  {
    provide: OIDC_CLIENTS,
    inject: [SETTINGS, Applications],
    useFactory: (settings: Settings, applications: Applications) => clientsOf({ settings, applications, adminScopes: scopes }),
  },
  {
    provide: LOGIN_ANSWERERS,
    inject: [SHORT_LIVED_STATE, SETTINGS],
    useFactory: (state: ShortLivedState, { publicUrl }: Settings) => [new OidcLoginAnswerer(state, publicUrl)],
  },
  {
    provide: BROWSER_SESSIONS,
    inject: [SETTINGS, SHORT_LIVED_STATE, CLOCK, Authentications, OIDC_CLIENTS],
    useFactory: (settings: Settings, state: ShortLivedState, clock: Clock, authentications: Authentications, clients: OidcClients) =>
      new OidcBrowserSessions({ settings, state, clock, authentications, clients }),
  },
];

/** The half of OpenID Connect that login builds on: the answers to applications, and the sessions of browsers. */
@Module({})
export class OpenIdAnswersModule {
  static forRoot(imports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return { module: OpenIdAnswersModule, imports, providers: answers, exports: answers };
  }
}

const provider: Provider[] = [
  {
    provide: SigningKeys,
    inject: [Database, SettingsRevision, Vault, SETTINGS, CLOCK, LOGGER],
    useFactory: (database: Database, revision: SettingsRevision, vault: Vault, settings: Settings, clock: Clock, logger: Logger) =>
      new SigningKeys(database, revision, vault, settings, clock, logger),
  },
  {
    provide: JwtAccessTokenVerifier,
    inject: [SigningKeys, SETTINGS],
    useFactory: (keys: SigningKeys, { publicUrl }: Settings) => new JwtAccessTokenVerifier(keys, publicUrl, adminApiOf(publicUrl)),
  },
];

const host: Provider = {
  provide: ProviderHost,
  inject: [
    SETTINGS,
    SHORT_LIVED_STATE,
    CLOCK,
    LOGGER,
    Outgoing,
    ThemeRenderer,
    Applications,
    OIDC_CLIENTS,
    Authentications,
    Releases,
    LoginFlow,
    LoginAdmission,
    SigningKeys,
    Metrics,
  ],
  useFactory: (
    settings: Settings,
    state: ShortLivedState,
    clock: Clock,
    logger: Logger,
    outgoing: Outgoing,
    themes: ThemeRenderer,
    applications: Applications,
    clients: OidcClients,
    authentications: Authentications,
    releases: Releases,
    logins: LoginFlow,
    admission: LoginAdmission,
    keys: SigningKeys,
    metrics: Metrics,
  ) =>
    createProviderHost(
      {
        ...{ settings, state, clock, logger, themes, applications, authentications, releases, logins, admission, keys, metrics },
        fetch: outgoing.fetch(clientKeysLimits),
        adminScopes: scopes,
      },
      clients,
    ),
};

/** The other half: the keys, and the OpenID Provider, which asks login who somebody is. */
@Module({})
export class OpenIdProviderModule implements OnModuleInit {
  constructor(
    private readonly keys: SigningKeys,
    private readonly provider: ProviderHost,
  ) {}

  static forRoot(imports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return {
      module: OpenIdProviderModule,
      imports,
      providers: [...provider, host],
      exports: [SigningKeys, JwtAccessTokenVerifier, ProviderHost],
    };
  }

  async onModuleInit(): Promise<void> {
    await this.keys.start();
    this.provider.start();
  }
}
