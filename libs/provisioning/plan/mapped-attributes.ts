import type { ClaimFault, ExternalIdentity, MappedAttribute } from '@foyer/federation';
import { isLoginContext, mapClaims, mappableClaims } from '@foyer/federation';
import type { IdentityProvider } from '@foyer/identity-providers';
import type { Attributes, AttributeValue } from '@foyer/platform';
import type { ValueOrigin } from '@foyer/userstores';
import { emailIsVerified } from './verified-email.js';

/** A mapped attribute with where its value would come from. */
export interface WantedAttribute extends MappedAttribute {
  readonly origin: ValueOrigin;
}

export interface WantedAttributes {
  readonly list: readonly WantedAttribute[];
  readonly faults: readonly ClaimFault[];
  /** What applications learn when no account is kept. */
  readonly released: Attributes;
}

/**
 * The local attributes that the identity wants, with their origins. An e-mail address counts as verified only when the provider says so of its
 * claim `email` and the address lies inside its `trustedDomains`; `emailVerified` is never more than that, whatever is mapped to it.
 */
export function wantedAttributes(identity: ExternalIdentity, provider: IdentityProvider): WantedAttributes {
  const { attributes, faults } = mapClaims(mappableClaims(identity), provider.claims.mappings);
  const verified = attributes.some(isClaimEmail) && emailIsVerified(identity, provider);
  const list = attributes.map((attribute): WantedAttribute => {
    const value = attribute.to === 'emailVerified' && attribute.value !== undefined ? verified : attribute.value;
    return { ...attribute, value, origin: originOf(attribute, provider, verified) };
  });
  const released: [string, AttributeValue][] = [];
  for (const { to, value } of list) {
    if (value !== undefined && !isLoginContext(to)) released.push([to, value]);
    if (to === 'email' && value !== undefined) released.push(['emailVerified', verified]);
  }
  return { list, faults, released: Object.fromEntries(released) };
}

function originOf({ to, mapping }: MappedAttribute, provider: IdentityProvider, verified: boolean): ValueOrigin {
  const by = mapping.from === undefined ? 'constant' : 'idp';
  return { by, identityProviderId: provider.id, ...(to === 'email' && verified && { verified }) };
}

const isClaimEmail = ({ to, value, mapping }: MappedAttribute): boolean =>
  to === 'email' && mapping.from === 'email' && typeof value === 'string';
