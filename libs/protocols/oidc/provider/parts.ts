import type { ClientAddresses, Clock, Fetch, Settings, ShortLivedState } from '@foyer/platform';
import type { Authentication, Hop, LoginRequest, Releases } from '@foyer/login';
import type { Accounts } from '../accounts/accounts.js';
import type { AuthenticationLookup } from '../accounts/authentication-lookup.js';
import type { PairwiseSubjects } from '../accounts/pairwise-subjects.js';
import type { OidcClients } from '../clients/oidc-client.js';
import type { ImplicitGrants } from '../interactions/implicit-grants.js';
import type { Admission } from '../interactions/admission.js';
import type { SignOut } from '../logout/sign-out.js';
import type { OidcPages } from '../pages/oidc-pages.js';
import type { TokenSeal } from '../state/token-seal.js';
import type { ResourceServers } from '../resources/resource-servers.js';

/** Begins a login: the login flow. */
export interface LoginStarter {
  /** @param signedIn whose session opens the application: they are only asked what it may learn */
  begin(request: LoginRequest, signedIn?: Authentication): Promise<Hop>;
}

/** What a provider is put together from. All of it outlives a change of keys. */
export interface ProviderParts {
  readonly settings: Pick<Settings, 'publicUrl' | 'lifetimes'>;
  readonly state: ShortLivedState;
  readonly clock: Clock;
  /** Who is at the other end of a request. */
  readonly addresses: Pick<ClientAddresses, 'of'>;
  /** For `jwks_uri`. */
  readonly fetch: Fetch;
  readonly clients: OidcClients;
  readonly authentications: Pick<AuthenticationLookup, 'find'>;
  /** Of access tokens and codes. */
  readonly seal: TokenSeal;
  readonly accounts: Accounts;
  readonly subjects: PairwiseSubjects;
  readonly releases: Pick<Releases, 'due' | 'agreed'>;
  readonly grants: ImplicitGrants;
  readonly resources: ResourceServers;
  readonly logins: LoginStarter;
  readonly admission: Admission;
  readonly pages: OidcPages;
  readonly signOut: SignOut;
}
