import type { Facts } from '@foyer/login';
import type { OidcClient } from '../clients/oidc-client.js';
import { claimNameOf, claimsOfScope } from './claim-names.js';

/** What may be told about a person, by the names towards applications. */
export type PersonClaims = Readonly<Record<string, unknown>>;

/** Where claims go, and what for. */
export interface Release {
  readonly to: 'userinfo' | 'id_token';
  readonly client: Pick<OidcClient, 'requestedClaims' | 'idTokenClaims' | 'audience'>;
  /** Granted, space-separated. */
  readonly scope: string;
  /** Names in the `id_token` member of the request's `claims` parameter (OpenID Connect Core §5.5). */
  readonly askedInIdToken: readonly string[];
  /** No access token for userinfo goes with the ID token, so that what scopes cover belongs into the latter (§5.4). */
  readonly noUserinfo: boolean;
}

/**
 * The names of the claims that leave Foyer: those that a granted scope covers or that the application's settings list, and where
 * they come from if it is told the external identity; all of them at userinfo, and
 * in the ID token those that were asked for there.
 */
export function releasedClaims({ to, client, scope, askedInIdToken, noUserinfo }: Release): ReadonlySet<string> {
  const byScope = claimsOfScope(scope);
  const origin = client.audience.assertIdentity === 'external' ? ['idp', 'external_sub'] : [];
  const allowed = new Set([...byScope, ...client.requestedClaims.map(claimNameOf), ...origin]);
  if (to === 'userinfo') return allowed;
  const wanted = [...client.idTokenClaims.map(claimNameOf), ...askedInIdToken, ...(noUserinfo ? byScope : [])];
  return new Set(wanted.filter((name) => allowed.has(name)));
}

/** A person by the names towards applications. Where two facts come to the same name, the one that OpenID Connect gives it counts. */
export function claimsOf(facts: Facts): PersonClaims {
  const entries = Object.entries(facts).map(([name, value]) => ({ name: claimNameOf(name), value, renamed: claimNameOf(name) !== name }));
  const ordered = [...entries.filter(({ renamed }) => !renamed), ...entries.filter(({ renamed }) => renamed)];
  return Object.fromEntries(ordered.filter(({ value }) => value !== undefined).map(({ name, value }) => [name, value]));
}

/** Those of a person's claims that have one of the names, and a value. */
export const pickClaims = (claims: PersonClaims, names: ReadonlySet<string>): PersonClaims =>
  Object.fromEntries(Object.entries(claims).filter(([name, value]) => names.has(name) && value !== undefined));
