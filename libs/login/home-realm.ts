import type { IdentityProvider } from '@foyer/identity-providers';
import type { Opening } from './admission.js';
import type { LoginRequest } from './contract.js';

/** The ways into an application that are usable now. */
export interface Ways {
  readonly providers: readonly IdentityProvider[];
  readonly local: boolean;
}

/** What the application allows and is enabled, in the order in which the application lists it. */
export function waysInto(application: Opening, providers: readonly IdentityProvider[]): Ways {
  const byName = new Map(providers.filter((provider) => provider.enabled).map((provider) => [provider.name, provider]));
  const allowed = application.login.identityProviders.flatMap((name) => byName.get(name) ?? []);
  return { providers: allowed, local: application.login.local };
}

/** The realm of an e-mail address, lower case: what stands after its last `@`. */
export function realmOf(email: string): string | undefined {
  const at = email.lastIndexOf('@');
  const realm =
    at > 0
      ? email
          .slice(at + 1)
          .trim()
          .toLowerCase()
      : '';
  return realm === '' ? undefined : realm;
}

/** The provider that a realm leads to, if it is the only one of them. */
export function providerOfRealm(ways: Ways, realm: string | undefined): IdentityProvider | undefined {
  const leading = realm === undefined ? [] : ways.providers.filter((provider) => provider.homeRealms.includes(realm));
  return leading.length === 1 ? leading[0] : undefined;
}

/**
 * The provider that a request chooses by itself: by `idp_hint` (a name or a realm), by the e-mail address in `login_hint`, or because there is
 * no other way in. A hint that the application does not allow is ignored.
 */
export function providerOfRequest(ways: Ways, request: LoginRequest): IdentityProvider | undefined {
  const hint = request.identityProviderHint;
  return (
    ways.providers.find((provider) => provider.name === hint) ??
    providerOfRealm(ways, hint?.toLowerCase()) ??
    providerOfRealm(ways, realmOf(request.forward.loginHint ?? '')) ??
    (ways.providers.length === 1 && !ways.local ? ways.providers[0] : undefined)
  );
}
