import type { Application } from '@foyer/applications';
import type { ConfiguredPurpose, NewApplicationConsent } from '@foyer/consent';
import type { CompleteInput, Evidence, ExternalIdentity } from '@foyer/federation';
import type { IdentityProvider } from '@foyer/identity-providers';
import { FoyerError, RateLimits, type BrowserCookie, type Clock, type Database, type ShortLivedState } from '@foyer/platform';
import type { ProvisionInput, ProvisionResult } from '@foyer/provisioning';
import type { Domain, RegisteredUser, StoreAccount, UserRegistry, UserStoreDirectory } from '@foyer/userstores';
import { BrowserBinding } from './browser-binding.js';
import { Authentications } from './authentications.js';
import { buildLoginFlow } from './build-login-flow.js';
import type { Authentication, BrowserSession, LoginAnswerer, LoginFailure, LoginRequest } from './contract.js';
import type { Federation, Provisioner, SelfAssertion, SelfAssertions } from './directories.js';
import { LocalAccounts } from './local-accounts.js';
import type { Login, StepName } from './login.js';
import type { LoginFlow } from './login-flow.js';
import { Openings } from './openings.js';
import { Releases } from './release/releases.js';

/** What surrounds a login, for its specs: the state is real, everybody else says what a test lets them say. */

const start = 1_700_000_000_000;

export function identityProvider(name: string, changes: Partial<IdentityProvider> = {}): IdentityProvider {
  return {
    id: `id-of-${name}`,
    name,
    displayName: `${name} Ltd`,
    enabled: true,
    protocol: 'oidc',
    oidc: {
      issuer: `https://${name}.idp`,
      clientId: 'foyer',
      clientAuthentication: 'client_secret_basic',
      scopes: ['openid'],
      authorizeParameters: {},
      forward: [],
      clockSkewSeconds: 30,
      timeoutMs: 5000,
      maxResponseBytes: 1_048_576,
    },
    homeRealms: [],
    claims: { userId: 'login', mappings: [{ from: 'email', to: 'email', onAbsent: 'keep', owner: 'idp' }] },
    roles: { mappings: [], unmapped: 'drop', revoke: 'granted-here', default: [], never: [] },
    jit: {
      enabled: true,
      mode: 'blocking',
      onFailure: 'deny',
      userStore: 'PRIMARY',
      prompt: 'none',
      attributeSync: 'overwrite',
      linking: { existing: 'deny', match: [] },
      trustedDomains: [],
      consentPurposes: [],
      onConsentRefused: 'deny',
    },
    version: 1,
    createdAt: start,
    updatedAt: start,
    ...changes,
  };
}

export function application(login: Application['login'], changes: Partial<Application> = {}): Application {
  return {
    id: 'id-of-intranet',
    name: 'intranet',
    displayName: 'The Intranet',
    enabled: true,
    protocol: 'oidc',
    oidc: {
      clientId: 'intranet',
      clientAuthentication: 'client_secret_basic',
      redirectUris: ['https://app.example/callback'],
      postLogoutRedirectUris: [],
      grantTypes: ['authorization_code'],
      resources: [],
      subjectType: 'public',
      idTokenAlg: 'RS256',
      requirePushedRequests: false,
    },
    login,
    claims: { requested: [], mandatory: [], idToken: [] },
    consent: 'implicit',
    assertIdentity: 'local',
    version: 1,
    createdAt: start,
    updatedAt: start,
    ...changes,
  };
}

/** A browser, as far as it keeps cookies. */
export class Browser {
  private readonly jar = new Map<string, string>();

  keep(cookies: readonly BrowserCookie[]): void {
    for (const { name, value, maxAge } of cookies) {
      if (maxAge === 0) this.jar.delete(name);
      else this.jar.set(name, value);
    }
  }

  get cookies(): string {
    return [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}

export class LoginWorld {
  readonly clock = { time: start, now: () => this.clock.time };
  settings = {
    publicUrl: 'http://localhost',
    lifetimes: { code: 60, accessToken: 3600, idToken: 3600, refreshToken: 1, session: 28_800, login: 1800 },
  };
  apps = [application({ identityProviders: ['acme'], local: false })];
  providers = [identityProvider('acme')];
  evidence: Evidence = {};
  claims: ExternalIdentity['claims'] = { login: 'anna' };
  storeDown = false;
  account: StoreAccount | undefined;
  completed = 0;
  provisioned = 0;
  verified = 0;
  readonly answered: Authentication[] = [];
  /** The login ids of sessions that went on after their person was asked. */
  readonly goneOn: string[] = [];
  /** What people agreed to, by person and application. */
  readonly agreed = new Map<string, readonly string[]>();
  readonly kept: SelfAssertion[] = [];
  keepWith?: () => Promise<never>;
  /** The session of every browser. */
  session: BrowserSession | undefined;
  readonly failed: LoginFailure[] = [];
  readonly recorded: Login[] = [];
  readonly past = new Map<string, { application: string; outcome: string }>();
  beginWith?: () => Promise<never>;
  completeWith?: () => Promise<never>;
  provisionWith?: (input: ProvisionInput) => Promise<ProvisionResult>;
  state: ShortLivedState;
  private crash: StepName | undefined;

  constructor(private readonly open: (clock: Clock) => ShortLivedState) {
    this.state = open(this.clock);
  }

  readonly applications = { byName: (name: string) => this.apps.find((each) => each.name === name) };
  readonly identityProviders = { byId: (id: string) => this.providers.find((each) => each.id === id), all: () => this.providers };
  purposes: readonly ConfiguredPurpose[] = [];
  readonly consentPurposes = { byName: (name: string) => this.purposes.find((each) => each.name === name) };
  readonly federation: Federation = {
    begin: (provider, input) => this.begin(provider.name, input.state),
    complete: (_provider, input) => this.complete(input),
  };
  readonly provisioner: Provisioner = { provision: (input) => this.provision(input) };
  readonly stores: UserStoreDirectory = { find: (domain) => this.domain(domain), all: () => [] };
  readonly answerer: LoginAnswerer = {
    protocol: 'oidc',
    succeed: async (correlation, authentication) => {
      this.die('answer');
      this.answered.push(authentication);
      return `https://app.example/answered/${correlation}`;
    },
    release: async (correlation, loginId) => {
      this.goneOn.push(loginId);
      return `https://app.example/released/${correlation}`;
    },
    fail: async (correlation, failure) => {
      this.failed.push(failure);
      return `https://app.example/failed/${correlation}`;
    },
  };
  readonly consents = {
    listOf: async () => [],
    granted: async (_em: unknown, subject: string, application: string) => this.agreed.get(`${subject} ${application}`),
    grant: async (_tx: unknown, { subject, applicationId, claims }: NewApplicationConsent) =>
      void this.agreed.set(`${subject} ${applicationId}`, [...(this.agreed.get(`${subject} ${applicationId}`) ?? []), ...claims]),
  };
  readonly selfAssertions: SelfAssertions = {
    assert: async (said) => {
      await this.keepWith?.();
      this.kept.push(said);
    },
  };
  /** Everybody is registered, and everybody but one enabled. */
  readonly registry = {
    find: async (_em: unknown, id: string) =>
      ({
        id,
        username: 'anna',
        userStore: 'PRIMARY',
        enabled: id !== this.disabled,
        status: 'active',
        origins: this.origins,
        suspendedRoles: [],
        createdAt: start,
      }) as unknown,
  } as UserRegistry;
  /** The id of the user who is not enabled. */
  disabled = 'id-disabled';
  origins: RegisteredUser['origins'] = {};

  start(): LoginFlow {
    return buildLoginFlow({
      settings: this.settings,
      clock: this.clock,
      state: this.state,
      openings: new Openings(this.applications, this.identityProviders),
      authentications: new Authentications(this.state, this.identityProviders),
      federation: this.federation,
      provisioner: this.provisioner,
      releases: new Releases(this.applications, this.consents, {
        ...{ database: noDatabase, registry: this.registry, stores: this.stores, clock: this.clock },
        withholding: { of: async () => new Set() },
        authentications: { find: async () => undefined },
        jobs: { of: async () => ({ open: false }) },
      }),
      selfAssertions: this.selfAssertions,
      sessions: { current: async () => this.session },
      accounts: new LocalAccounts(this.stores, this.registry, noDatabase, this.clock),
      answerers: [this.answerer],
      limits: new RateLimits(this.state, { rateLimitPerAddress: 0 }, this.clock),
      recorder: { record: async (login) => void this.recorded.push(login) },
      past: { find: async (id) => this.past.get(id) },
    });
  }

  /** Another process takes over: nothing is left but the state. */
  restart(): LoginFlow {
    this.crash = undefined;
    void this.state.close();
    this.state = this.open(this.clock);
    return this.start();
  }

  /** The process dies when it comes to the step. */
  crashIn(step: 'provision' | 'answer'): void {
    this.crash = step;
  }

  request(changes: Partial<LoginRequest> = {}): LoginRequest {
    return { protocol: 'oidc', correlation: 'corr-1', application: 'intranet', forward: {}, uiLocales: [], ...changes };
  }

  stateOf(address: string): string {
    return new URL(address).searchParams.get('state') ?? '';
  }

  formToken(loginId: string, browser: Browser): string {
    return new BrowserBinding(this.settings.publicUrl).formToken(loginId, browser.cookies) ?? '';
  }

  private async begin(provider: string, state: string) {
    await this.beginWith?.();
    return { redirectTo: `https://${provider}.idp/authorize?state=${encodeURIComponent(state)}`, exchange: { nonce: 'n' } };
  }

  private async complete(input: CompleteInput): Promise<ExternalIdentity> {
    await this.completeWith?.();
    if (input.exchange['nonce'] !== 'n' || input.wantedClaims.join() !== 'login,email') throw new Error('the exchange was lost');
    this.completed += 1;
    return { issuer: 'https://acme.idp', subject: 'anna', claims: this.claims, evidence: this.evidence };
  }

  private async provision(input: ProvisionInput): Promise<ProvisionResult> {
    this.die('provision');
    this.provisioned += 1;
    if (this.provisionWith) return this.provisionWith(input);
    const mapped = { attributes: {}, roles: [], groups: [] };
    return {
      kind: 'account',
      subject: `user-${input.identity.subject}`,
      outcome: 'create',
      userStore: 'PRIMARY',
      username: 'anna',
      mapped,
    };
  }

  /** A killed process stores nothing any more: every write that comes after it fails. */
  private die(step: StepName): void {
    if (this.crash !== step) return;
    const gone = async (): Promise<never> => Promise.reject(new Error('crash'));
    this.state.replace = gone;
    this.state.put = gone;
    throw new Error('crash');
  }

  private domain(domain: string): Domain | undefined {
    const prefix = { PRIMARY: 'id-', CORP: 'id-corp-' }[domain.toUpperCase()];
    if (prefix === undefined) return undefined;
    const verifyPassword = async (username: string, password: string): Promise<StoreAccount | undefined> => {
      this.verified += 1;
      if (this.storeDown) throw new FoyerError('unavailable', 'store.unavailable', 'down');
      if (!['anna', 'disabled'].includes(username) || password !== 'right') return undefined;
      return { userId: `${prefix}${username}`, username, enabled: true, attributes: {}, roles: [], groups: [] };
    };
    const find = async () => this.account;
    const store = {
      domain,
      capabilities: { passwords: true },
      verifyPassword,
      find,
      hasPassword: async () => true,
    } as unknown as Domain['store'];
    return { domain, enabled: true, store, policies: { username: () => undefined, rolename: () => undefined, password: () => undefined } };
  }
}

const noDatabase = { read: {}, transaction: async (work: (tx: object) => unknown) => work({}) } as unknown as Database;
