import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as client from 'openid-client';
import { adminApiOf, adminScopes, scopesOfRoles } from '@foyer/admin-access';
import type { Application, OidcClientSettings } from '@foyer/applications';
import type { IdentityProvider } from '@foyer/identity-providers';
import { ApplicationConsents } from '@foyer/consent';
import { Authentications, Releases, type Authentication, type LoginRequest } from '@foyer/login';
import {
  createLogger,
  Database,
  Metrics,
  Outgoing,
  SettingsRevision,
  SqliteState,
  systemClock,
  ThemeFiles,
  ThemeRenderer,
  themeRoots,
  Vault,
  type Clock,
} from '@foyer/platform';
import {
  createProviderHost,
  clientsOf,
  JwtAccessTokenVerifier,
  OidcBrowserSessions,
  OidcLoginAnswerer,
  oidcRequestHandler,
  SigningKeys,
} from '@foyer/protocols';
import type { RegisteredUser, StoreAccount, UserRegistry, UserStoreDirectory } from '@foyer/userstores';
import { Browser } from '../../../apps/demo/browserless/index.js';
import { schema } from '../../../ormconfig.js';

const lifetimes = { code: 60, accessToken: 3600, idToken: 3600, refreshToken: 1_209_600, session: 28_800, login: 1800 };
const secretKey = Buffer.alloc(32, 7);
const logger = createLogger({ logLevel: 'silent' });

export const anna: StoreAccount = {
  userId: 'user-anna',
  username: 'anna',
  enabled: true,
  attributes: { givenName: 'Anna', familyName: 'Berg', email: 'anna@acme.example', emailVerified: true, department: 'sales' },
  roles: ['developer'],
  groups: ['staff'],
};

/** What the fake login flow answers, and what it was asked. */
export interface ScriptedLogins {
  /** The person who logs in next, or the error. */
  next: Partial<Authentication> | { error: 'access_denied' };
  readonly requests: LoginRequest[];
  /** Of the last request: whose session it opens, when they are only asked what the application may learn. */
  signedIn?: Authentication;
  /** Whether people agree to what they are asked; undefined: they close the page. */
  agree?: boolean;
  mayOpen: boolean;
  /** What the person does not let go on of what the identity provider said. */
  withheld: ReadonlySet<string>;
}

/** The provider with everything real but the login flow and the accounts, listening on a port of its own. */
export interface OidcWorld {
  readonly publicUrl: string;
  readonly logins: ScriptedLogins;
  readonly accounts: Map<string, StoreAccount & { emailVerifiedByIdp?: boolean }>;
  readonly consents: ApplicationConsents;
  readonly database: Database;
  readonly keys: SigningKeys;
  readonly state: SqliteState;
  readonly sessions: OidcBrowserSessions;
  /** Says that the person in a session agreed. @returns where the browser goes */
  readonly answerRelease: (correlation: string, loginId: string) => Promise<string>;
  readonly verifier: JwtAccessTokenVerifier;
  /** Failures that were counted. */
  failures: number;
  readonly discover: (settings: OidcClientSettings, authentication?: client.ClientAuth) => Promise<client.Configuration>;
  close(): Promise<void>;
}

export interface WorldOptions {
  /** Holds the databases, and in `themes` the themes. */
  readonly folder: string;
  readonly applications: (publicUrl: string) => readonly Application[];
  readonly clock?: Clock;
  /** The same port again, after a restart. */
  readonly port?: number;
}

export async function openWorld({ folder, applications, clock = systemClock, port = 0 }: WorldOptions): Promise<OidcWorld> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const publicUrl = `http://127.0.0.1:${portOf(server)}`;
  const database = await Database.connect(`sqlite:${join(folder, 'foyer.db')}`, schema);
  await database.migrate();
  const revision = new SettingsRevision(database, logger);
  const state = SqliteState.open(join(folder, 'state.db'), clock);
  const settings = { publicUrl, lifetimes, signingKeyDays: 90, trustedProxies: [], adminClientSecret: 'a'.repeat(32) };
  const keys = new SigningKeys(database, revision, new Vault(secretKey), settings, clock, logger);
  await keys.start();

  const outgoing = new Outgoing(['127.0.0.1']);
  const logins: ScriptedLogins = { next: {}, requests: [], agree: true, mayOpen: true, withheld: new Set() };
  const accounts: OidcWorld['accounts'] = new Map([[anna.userId, { ...anna, emailVerifiedByIdp: true }]]);
  // Of the identity provider only this is asked.
  const acme = { id: 'idp-1', name: 'acme', enabled: true } as IdentityProvider;
  const consents = new ApplicationConsents();
  const byName = (name: string) => applications(publicUrl).find((each) => each.name === name);
  const authentications = new Authentications(state, { byId: () => acme });
  const dependencies = {
    ...{ settings, state, clock, logger, authentications, keys, metrics: new Metrics() },
    fetch: outgoing.fetch({ timeoutMs: 2_000, maxResponseBytes: 65_536 }),
    themes: new ThemeRenderer(new ThemeFiles(themeRoots(join(folder, 'themes')))),
    applications: { byClientId: (id: string) => applications(publicUrl).find(({ oidc }) => oidc.clientId === id) },
    releases: new Releases({ byName }, consents, {
      ...sourcesOf(database, accounts),
      ...{ clock, authentications },
      jobs: { of: async () => ({ open: false }) },
      withholding: { of: async (_user, identityProvider) => (identityProvider === acme.id ? logins.withheld : new Set()) },
    }),
    logins: {
      begin: async (request: LoginRequest, signedIn?: Authentication) => {
        logins.requests.push(request);
        logins.signedIn = signedIn;
        return {
          redirectTo: `${publicUrl}/idp/${request.correlation}`,
          cookies: [{ name: 'foyer_login_x', value: 'v', path: '/', maxAge: 60 }],
        };
      },
    },
    adminScopes: { all: adminScopes, ofRoles: scopesOfRoles },
    admission: { mayOpen: () => logins.mayOpen },
  };
  const clients = clientsOf(dependencies);
  const host = createProviderHost(dependencies, clients);
  host.start();
  const answerer = new OidcLoginAnswerer(state, publicUrl);
  const world: OidcWorld = {
    ...{ publicUrl, logins, accounts, consents, database, keys, state, failures: 0 },
    sessions: new OidcBrowserSessions({ state, authentications, clients, settings, clock }),
    answerRelease: (correlation, loginId) => answerer.release(correlation, loginId),
    verifier: new JwtAccessTokenVerifier(keys, publicUrl, adminApiOf(publicUrl)),
    discover: (oidc, authentication) => discover(publicUrl, oidc, authentication),
    close: async () => {
      await new Promise((resolve) => server.close(resolve).closeAllConnections());
      await keys.onApplicationShutdown();
      await outgoing.close();
      await state.close();
      await database.close();
    },
  };
  const limit = {
    admit: () => undefined,
    retryAfter: async () => (world.failures >= 100 ? 60 : undefined),
    failed: async () => {
      world.failures += 1;
    },
  };
  const handle = oidcRequestHandler(host, publicUrl, limit);
  server.on('request', (request, response) =>
    handle(request, response, () => {
      const uid = /^\/idp\/(.+)$/.exec(request.url ?? '')?.[1];
      if (uid === undefined) return void response.writeHead(404).end('not here');
      void logIn(uid).then((location) => response.writeHead(303, { location }).end());
    }),
  );
  return world;

  async function logIn(uid: string): Promise<string> {
    const loginId = `login-${uid}`;
    if ('error' in logins.next) return answerer.fail(uid, { loginId, error: logins.next.error, description: 'not today' });
    const authentication: Authentication = {
      ...{ subject: anna.userId, account: true, attributes: {}, authTime: Math.floor(clock.now() / 1000), authTimeProven: true },
      ...{ identityProvider: { id: 'idp-1', name: 'acme' }, externalSubject: 'ext-anna', acr: 'gold', amr: ['pwd'] },
      ...logins.next,
      loginId,
    };
    const { signedIn } = logins;
    const refused = !(await release((signedIn ?? authentication).subject));
    if (refused) return answerer.fail(uid, { loginId, error: 'access_denied', description: 'not agreed' });
    if (signedIn) return answerer.release(uid, signedIn.loginId);
    await authentications.save(authentication, clock.now() + lifetimes.session * 1000);
    return answerer.succeed(uid, authentication);
  }

  /** @returns whether the person agrees, if they are asked */
  async function release(subject: string): Promise<boolean> {
    const request = logins.requests.at(-1);
    const application = byName(request?.application ?? '');
    if (!request?.release || application?.consent !== 'ask') return true;
    const { claims } = request.release;
    const grant = { subject, applicationId: application.id, application: application.name, claims };
    if (logins.agree) await database.transaction((tx) => consents.grant(tx, grant, clock.now()));
    return logins.agree === true;
  }
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

function sourcesOf(database: Database, accounts: OidcWorld['accounts']) {
  const registry = {
    find: async (_em: unknown, id: string): Promise<RegisteredUser | undefined> => {
      const account = accounts.get(id);
      if (!account) return undefined;
      const origins: RegisteredUser['origins'] = account.emailVerifiedByIdp
        ? { email: { by: 'idp', identityProviderId: 'idp-1', verified: true } }
        : {};
      return {
        id,
        userStore: 'PRIMARY',
        username: account.username,
        usernameKey: account.username,
        status: 'active',
        enabled: account.enabled,
        locked: false,
        origins,
        grants: {},
        suspendedRoles: [],
        version: 1,
        createdAt: 0,
        updatedAt: 5_000,
      };
    },
  };
  const stores = { find: () => ({ store: { find: async (id: string) => accounts.get(id) } }) };
  // Only these of their operations are asked.
  return { database, registry: registry as unknown as UserRegistry, stores: stores as unknown as UserStoreDirectory };
}

function discover(
  publicUrl: string,
  { clientId, clientSecret = '', clientAuthentication, idTokenAlg }: OidcClientSettings,
  authentication?: client.ClientAuth,
) {
  const bySettings = () => {
    if (clientAuthentication === 'client_secret_basic') return client.ClientSecretBasic(clientSecret);
    return clientAuthentication === 'client_secret_post' ? client.ClientSecretPost(clientSecret) : client.None();
  };
  const execute = [client.allowInsecureRequests, client.enableNonRepudiationChecks];
  return client.discovery(new URL(publicUrl), clientId, { id_token_signed_response_alg: idTokenAlg }, authentication ?? bySettings(), {
    execute,
  });
}

export function application(name: string, oidc: Partial<OidcClientSettings>, rest: Partial<Application> = {}): Application {
  return {
    ...{ id: name, version: 1, createdAt: 0, updatedAt: 0, name, displayName: name, enabled: true, protocol: 'oidc' },
    ...{ consent: 'implicit', assertIdentity: 'local' },
    login: { identityProviders: ['acme'], local: false },
    claims: { requested: [], mandatory: [], idToken: [] },
    ...rest,
    oidc: {
      ...{
        clientId: name,
        clientSecret: `${name}-secret`,
        clientAuthentication: 'client_secret_basic',
        redirectUris: [`https://${name}.example/callback`],
      },
      ...{
        postLogoutRedirectUris: [],
        grantTypes: ['authorization_code', 'refresh_token'],
        resources: [],
        subjectType: 'public',
        idTokenAlg: 'RS256',
        requirePushedRequests: false,
      },
      ...oidc,
    },
  };
}

export const newBrowser = (): Browser => new Browser({ stopAt: (url) => url.hostname.endsWith('.example') });

/** A login by code flow with PKCE, up to the redirect back to the application. */
export async function authorize(
  configuration: client.Configuration,
  redirectUri: string,
  parameters: Record<string, string> = {},
  browser = newBrowser(),
) {
  const codeVerifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const request = {
    redirect_uri: redirectUri,
    scope: 'openid profile email',
    state,
    code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    ...parameters,
  };
  const page = await browser.open(client.buildAuthorizationUrl(configuration, request));
  return {
    browser,
    page,
    back: page.redirectTo === undefined ? undefined : new URL(page.redirectTo),
    checks: { pkceCodeVerifier: codeVerifier, expectedState: state },
    request,
  };
}

/** A whole login: returns the tokens, checked by `openid-client`. */
export async function logIn(
  configuration: client.Configuration,
  redirectUri: string,
  parameters: Record<string, string> = {},
  browser = newBrowser(),
) {
  const { back, checks, page } = await authorize(configuration, redirectUri, parameters, browser);
  if (!back) throw new Error(page.describe());
  const tokens = await client.authorizationCodeGrant(configuration, back, checks);
  return { tokens, browser, back, checks };
}
