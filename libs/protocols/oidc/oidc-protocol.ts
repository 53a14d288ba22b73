import {
  ClientAddresses,
  type Clock,
  type Fetch,
  type Logger,
  type Metrics,
  type Settings,
  type ShortLivedState,
  type ThemeRenderer,
} from '@foyer/platform';
import type { Releases } from '@foyer/login';
import { Accounts } from './accounts/accounts.js';
import type { AuthenticationLookup } from './accounts/authentication-lookup.js';
import { PairwiseSubjects } from './accounts/pairwise-subjects.js';
import { builtInApplications } from './clients/built-in-clients.js';
import { ClientDirectory, type ApplicationLookup } from './clients/client-directory.js';
import type { OidcClients } from './clients/oidc-client.js';
import { ImplicitGrants } from './interactions/implicit-grants.js';
import type { Admission } from './interactions/admission.js';
import type { SigningKeys } from './keys/signing-keys.js';
import { SignOut } from './logout/sign-out.js';
import { OidcPages } from './pages/oidc-pages.js';
import { TokenSeal } from './state/token-seal.js';
import type { LoginStarter } from './provider/parts.js';
import { ProviderHost } from './provider/provider-host.js';
import { ResourceServers, type AdminScopes } from './resources/resource-servers.js';

/** What OpenID Connect needs of the rest of Foyer. */
export interface OidcDependencies {
  readonly settings: Pick<Settings, 'publicUrl' | 'lifetimes' | 'adminClientSecret' | 'trustedProxies'>;
  readonly state: ShortLivedState;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** For the `jwks_uri` of clients: bounded in time and size, and kept off private addresses. */
  readonly fetch: Fetch;
  readonly themes: ThemeRenderer;
  readonly applications: ApplicationLookup;
  readonly adminScopes: AdminScopes;
  readonly authentications: AuthenticationLookup;
  /** What applications may learn: known to login. */
  readonly releases: Releases;
  readonly logins: LoginStarter;
  readonly admission: Admission;
  readonly keys: SigningKeys;
}

type ClientSources = Pick<OidcDependencies, 'applications' | 'adminScopes'> & {
  readonly settings: Pick<Settings, 'publicUrl' | 'adminClientSecret'>;
};

/** The clients of a site: its applications, and Foyer's own. */
export const clientsOf = ({ settings, applications, adminScopes }: ClientSources): OidcClients =>
  new ClientDirectory(applications, builtInApplications(settings, adminScopes.all));

/** Puts the parts together; {@link ProviderHost.start} begins. */
export function createProviderHost(dependencies: OidcDependencies, clients: OidcClients = clientsOf(dependencies)): ProviderHost {
  const { settings, state, clock, fetch, themes, authentications, releases, logins, admission, adminScopes, keys, logger, metrics } =
    dependencies;
  const pages = new OidcPages(themes, clients);
  const subjects = new PairwiseSubjects(keys.pairwiseKey);
  const parts = {
    ...{ settings, state, clock, fetch, clients, authentications, logins, admission, releases, pages, subjects },
    seal: new TokenSeal(keys.sealingKey),
    addresses: new ClientAddresses(settings.trustedProxies),
    accounts: new Accounts(authentications, releases, clients, admission, clock),
    grants: new ImplicitGrants(clients, authentications, clock, settings.lifetimes),
    resources: new ResourceServers(clients, adminScopes, settings),
    signOut: new SignOut(pages, subjects, clients),
  };
  return new ProviderHost(parts, keys, logger, metrics);
}
