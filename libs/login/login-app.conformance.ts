import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Global, Module, type DynamicModule, type InjectionToken } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ACCESS_TOKEN_VERIFIER, AdminAccess, ADMIN_ACCOUNTS } from '@foyer/admin-access';
import { Applications } from '@foyer/applications';
import { ApplicationConsents, ConsentExport, ConsentPurposes, ReceiptRevocation, Receipts } from '@foyer/consent';
import { Connectors } from '@foyer/federation';
import { IdentityProviders } from '@foyer/identity-providers';
import { Journal } from '@foyer/journal';
import {
  CLOCK,
  ClientAddresses,
  configureEdge,
  Cookies,
  createLogger,
  Database,
  LOGGER,
  loggedProblems,
  Metrics,
  ProblemFilter,
  RateLimits,
  SETTINGS,
  SHORT_LIVED_STATE,
  StateSweeper,
  ThemeFiles,
  ThemeRenderer,
  themeRoots,
  Vault,
  type Logger,
  type Schema,
} from '@foyer/platform';
import { AccountLinks, LinksOfUsers, OpenJobs, Provisioning, SelfAsserted } from '@foyer/provisioning';
import { USER_REGISTRY, USER_STORE_DIRECTORY } from '@foyer/userstores';
import { AccountModule } from './account/account.module.js';
import { BROWSER_SESSIONS, LOGIN_ANSWERERS, type BrowserSessions } from './contract.js';
import { LoginFlow } from './login-flow.js';
import { LoginModule } from './login.module.js';
import { Callback } from './pages/callback.js';
import type { LoginWorld } from './login-world.conformance.js';

/** What surrounds the login's module. */
@Global()
@Module({})
class Surroundings {}

export interface LoginApp {
  readonly address: string;
  readonly flow: LoginFlow;
  readonly database: Database;
  readonly metrics: Metrics;
  readonly sweeper: StateSweeper;
  readonly lines: Record<string, unknown>[];
  close(): Promise<void>;
}

export interface AppOptions {
  readonly folder: string;
  readonly schema: Schema;
  readonly sessions: BrowserSessions;
  /** The scopes of whoever calls the admin API. */
  readonly scopes?: readonly string[];
  readonly links?: readonly unknown[];
  /** `FOYER_THEME_DIR`. */
  readonly themeDir?: string;
}

/** The login's module as it runs: over HTTP, with its real state, database, pages and edge. */
export async function startLoginApp(world: LoginWorld, options: AppOptions): Promise<LoginApp> {
  const database = await Database.connect(`sqlite:${join(options.folder, `${randomBytes(6).toString('hex')}.db`)}`, options.schema);
  await database.migrate();
  const lines: Record<string, unknown>[] = [];
  const surroundings = surround(world, database, lines, options);
  const root = AccountModule.forRoot([surroundings, LoginModule.forRoot([surroundings])]);
  const app = await NestFactory.create<NestExpressApplication>(root, { logger: false, bodyParser: false });
  app.use(app.get(Callback).handle);
  configureEdge(app, { publicUrl: world.settings.publicUrl, trustedProxies: [] });
  app.useGlobalFilters(new ProblemFilter(app.get<Logger>(LOGGER)));
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    flow: app.get(LoginFlow),
    database,
    metrics: app.get(Metrics),
    sweeper: app.get(StateSweeper),
    lines,
    close: async () => {
      await app.close();
      await database.close();
    },
  };
}

function surround(world: LoginWorld, database: Database, lines: Record<string, unknown>[], options: AppOptions): DynamicModule {
  const log = createLogger({ logLevel: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
  const files = new ThemeFiles(themeRoots(options.themeDir), { problems: loggedProblems(log) });
  const value = (provide: InjectionToken, useValue: unknown) => ({
    provide,
    useValue,
  });
  const providers = [
    value(SETTINGS, { ...world.settings, trustedProxies: [], rateLimitPerAddress: 0 }),
    value(CLOCK, world.clock),
    value(LOGGER, log),
    value(SHORT_LIVED_STATE, world.state),
    value(Database, database),
    value(StateSweeper, new StateSweeper(world.state, log)),
    value(ClientAddresses, new ClientAddresses([])),
    value(Cookies, new Cookies(world.settings)),
    value(Metrics, new Metrics()),
    value(RateLimits, new RateLimits(world.state, { rateLimitPerAddress: 0 }, world.clock)),
    value(ThemeFiles, files),
    value(ThemeRenderer, new ThemeRenderer(files)),
    value(Vault, new Vault(randomBytes(32))),
    value(Connectors, world.federation),
    value(ConsentPurposes, world.consentPurposes),
    value(Journal, new Journal()),
    value(ApplicationConsents, world.consents),
    value(Receipts, new Receipts()),
    value(ReceiptRevocation, {}),
    value(ConsentExport, { consentExport: async () => ({ receipts: [], applications: [] }) }),
    value(OpenJobs, { of: async () => ({ open: false }) }),
    value(SelfAsserted, world.selfAssertions),
    value(Provisioning, world.provisioner),
    value(Applications, world.applications),
    value(IdentityProviders, world.identityProviders),
    value(USER_REGISTRY, world.registry),
    value(USER_STORE_DIRECTORY, world.stores),
    value(LOGIN_ANSWERERS, [world.answerer]),
    value(BROWSER_SESSIONS, options.sessions),
    value(AccountLinks, { ofUser: async () => options.links ?? [] }),
    value(LinksOfUsers, { ofUser: async () => options.links ?? [] }),
    value(AdminAccess, { authenticate: async () => ({ subject: 'admin', clientId: 'foyer-admin', scopes: options.scopes ?? [] }) }),
    value(ACCESS_TOKEN_VERIFIER, {}),
    value(ADMIN_ACCOUNTS, {}),
  ];
  return { module: Surroundings, providers, exports: providers.map(({ provide }) => provide) };
}
