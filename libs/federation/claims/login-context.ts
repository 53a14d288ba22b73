import type { ExternalIdentity } from '../connector.js';
import type { ClaimMapping } from './claim-mapping.js';
import { mapClaims, type Claims } from './map-claims.js';

/** How somebody logged in, in the words that applications get (OpenID Connect Core §2). */
export interface LoginContext {
  readonly acr?: string;
  readonly amr?: readonly string[];
}

/** Whether a mapping sets one of these: it goes with the login and never becomes an attribute of an account. */
export const isLoginContext = (to: string): boolean => to === 'acr' || to === 'amr';

/** What mappings read: the claims about the person, and what the provider says of the login. */
export const mappableClaims = ({ claims, evidence: { acr, amr } }: Pick<ExternalIdentity, 'claims' | 'evidence'>): Claims => ({
  ...claims,
  acr,
  amr,
});

/** The context that the mappings make of what a provider says. Its own words mean something to its own applications: nothing is copied through. */
export function loginContext(identity: Pick<ExternalIdentity, 'claims' | 'evidence'>, mappings: readonly ClaimMapping[]): LoginContext {
  const { attributes } = mapClaims(
    mappableClaims(identity),
    mappings.filter(({ to }) => isLoginContext(to)),
  );
  const mapped = new Map(attributes.map(({ to, value }) => [to, value]));
  const [acr, amr] = [mapped.get('acr'), mapped.get('amr')];
  return {
    ...(typeof acr === 'string' && { acr }),
    ...(typeof amr === 'string' && { amr: [amr] }),
    ...(Array.isArray(amr) && { amr }),
  };
}
