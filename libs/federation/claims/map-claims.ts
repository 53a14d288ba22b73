import type { AttributeValue } from '@foyer/platform';
import { claimLimits, readValue, type ValueFault } from './attribute-value.js';
import type { ClaimMapping } from './claim-mapping.js';

export type Claims = Readonly<Record<string, unknown>>;

/** What one local attribute gets from the claims. */
export interface MappedAttribute {
  readonly to: string;
  /** Undefined when the claim is absent: `mapping.onAbsent` rules. */
  readonly value: AttributeValue | undefined;
  /** The mapping that gave the value, or the first one for this attribute when none did. */
  readonly mapping: ClaimMapping;
}

/** A claim that cannot become an attribute. */
export interface ClaimFault extends ValueFault {
  readonly claim: string;
  readonly to: string;
}

export interface MappedClaims {
  /** One per local attribute, in the order of the mappings. */
  readonly attributes: readonly MappedAttribute[];
  readonly faults: readonly ClaimFault[];
}

/**
 * The claim of that exact name; otherwise, when the name has dots, the member found by following them (`address.locality`). Exact names come
 * first because claims named by URLs contain dots.
 */
export function findClaim(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let found: unknown = claims;
  for (const part of name.split('.')) {
    if (typeof found !== 'object' || found === null || Array.isArray(found) || !Object.hasOwn(found, part)) return undefined;
    found = Reflect.get(found, part);
  }
  return found;
}

/**
 * Translates verified external claims into local attributes. Only what is mapped comes through. Of several mappings to one attribute, the first
 * whose claim is present gives the value. Takes any input and throws nothing: what cannot be mapped is a fault that names the claim.
 */
export function mapClaims(claims: Claims, mappings: readonly ClaimMapping[]): MappedClaims {
  const attributes = new Map<string, MappedAttribute>();
  const faults: ClaimFault[] = [];
  let bytes = 0;
  for (const mapping of mappings) {
    const { to } = mapping;
    const earlier = attributes.get(to);
    if (earlier?.value !== undefined) continue;
    const claim = mapping.from ?? to;
    const read = readValue(mapping.from === undefined ? mapping.value : findClaim(claims, mapping.from), to);
    if (read === 'absent') {
      if (!earlier) attributes.set(to, { to, value: undefined, mapping });
    } else if ('fault' in read) {
      faults.push({ claim, to, ...read.fault });
    } else {
      bytes += Buffer.byteLength(JSON.stringify(read.value)) + to.length;
      if (bytes > claimLimits.allBytes) faults.push({ claim, to, ...allTooLarge });
      else attributes.set(to, { to, value: read.value, mapping });
    }
  }
  return { attributes: [...attributes.values()], faults };
}

const allTooLarge = {
  code: 'claim.tooLarge',
  message: `makes the mapped claims larger than ${claimLimits.allBytes} bytes together`,
} as const;
