import type { OidcClient } from '../clients/oidc-client.js';
import { claimNameOf, claimsOfScope } from './claim-names.js';
import type { PersonClaims } from './person.js';

/** Where claims go, and what for. */
export interface Release {
  readonly to: 'userinfo' | 'id_token';
  readonly client: Pick<OidcClient, 'requestedClaims' | 'idTokenClaims'>;
  /** Granted, space-separated. */
  readonly scope: string;
  /** Names in the `id_token` member of the request's `claims` parameter (OpenID Connect Core §5.5). */
  readonly askedInIdToken: readonly string[];
  /** No access token for userinfo goes with the ID token, so that what scopes cover belongs into the latter (§5.4). */
  readonly noUserinfo: boolean;
}

/**
 * The names of the claims that leave Foyer: those that a granted scope covers or that the application's settings list; all of them at userinfo, and
 * in the ID token those that were asked for there.
 */
export function releasedClaims({ to, client, scope, askedInIdToken, noUserinfo }: Release): ReadonlySet<string> {
  const byScope = claimsOfScope(scope);
  const allowed = new Set([...byScope, ...client.requestedClaims.map(claimNameOf)]);
  if (to === 'userinfo') return allowed;
  const wanted = [...client.idTokenClaims.map(claimNameOf), ...askedInIdToken, ...(noUserinfo ? byScope : [])];
  return new Set(wanted.filter((name) => allowed.has(name)));
}

/** Those of a person's claims that have one of the names, and a value. */
export const pickClaims = (claims: PersonClaims, names: ReadonlySet<string>): PersonClaims =>
  Object.fromEntries(Object.entries(claims).filter(([name, value]) => names.has(name) && value !== undefined));
