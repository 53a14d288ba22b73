import type { WeighedConsent } from '@foyer/consent';
import { isLoginContext } from '@foyer/federation';
import type { IdentityProvider } from '@foyer/identity-providers';
import type { Attributes, AttributeValue } from '@foyer/platform';
import type { ValueOrigin } from '@foyer/userstores';
import type { WantedAttribute } from './mapped-attributes.js';
import type { ClearAttribute, LeaveAttribute, SetAttribute } from './plan-steps.js';

export interface Present {
  readonly attributes: Attributes;
  readonly origins: Readonly<Record<string, ValueOrigin>>;
}

export type AttributeStep = SetAttribute | ClearAttribute | LeaveAttribute;
export type Sync = Exclude<IdentityProvider['jit']['attributeSync'], 'none'>;

export const nothingPresent: Present = { attributes: {}, origins: {} };

/** What consent says about attributes. */
type Justified = Pick<WeighedConsent, 'justifies'>;

/**
 * What happens to each mapped attribute, given what is there. Attributes that no mapping names are nobody's business here, and one that the person
 * withholds is not written; whoever calls this takes away what was written earlier.
 */
export function syncAttributes(wanted: readonly WantedAttribute[], present: Present, sync: Sync, consent: Justified): AttributeStep[] {
  return wanted
    .filter(({ to }) => !isLoginContext(to))
    .flatMap((attribute) =>
      consent.justifies(sourceOf(attribute.to)) === 'withheld'
        ? withheld(attribute, present)
        : (syncAttribute(attribute, present, sync) ?? []),
    );
}

/** Whether an address is verified says something about the address. */
export const sourceOf = (name: string): string => (name === 'emailVerified' ? 'email' : name);

/** An attribute with what says something about it, and so goes when it goes. */
export const withFlag = (name: string): readonly string[] => (name === 'email' ? [name, 'emailVerified'] : [name]);

/** Told, unless the value goes anyway. */
function withheld({ to: name, value, mapping, origin }: WantedAttribute, present: Present): LeaveAttribute[] {
  const goes = own(present.attributes, name) !== undefined && own(present.origins, name)?.identityProviderId === origin.identityProviderId;
  if (value === undefined || goes) return [];
  return [{ type: 'leaveAttribute', name, ...(mapping.from !== undefined && { claim: mapping.from }), reason: 'consent.withheld' }];
}

function syncAttribute(wanted: WantedAttribute, present: Present, sync: Sync): AttributeStep | undefined {
  const { to: name, value, mapping, origin } = wanted;
  const claim = mapping.from === undefined ? {} : { claim: mapping.from };
  const before = own(present.attributes, name);
  const leave = (reason: LeaveAttribute['reason']): LeaveAttribute => ({ type: 'leaveAttribute', name, ...claim, reason });
  if (value === undefined && before === undefined) return leave('claim.absent');
  if (value === undefined && mapping.onAbsent !== 'clear') return leave('claim.absent.kept');
  const same = value !== undefined && before !== undefined && sameValue(value, before);
  const presentOrigin = own(present.origins, name);
  const guard = whoseValue(wanted, before, presentOrigin, sync);
  if (guard !== undefined) return same ? undefined : leave(guard);
  if (value === undefined)
    return before === undefined ? undefined : { type: 'clearAttribute', name, before, ...claim, reason: 'claim.absent.cleared' };
  if (same && presentOrigin !== undefined && sameOrigin(origin, presentOrigin)) return undefined;
  const reason = same ? 'claim.confirmed' : origin.by === 'constant' ? 'constant.mapped' : 'claim.mapped';
  return { type: 'setAttribute', name, value, ...(before !== undefined && { before }), origin, ...claim, reason };
}

/**
 * Why this provider may not change the value; undefined when it may. A value of unknown origin counts as a local one. Where there is no value, only
 * somebody here can have wanted that: the origin of a provider's value outlives it when a store was being written and the process died.
 */
function whoseValue(
  { mapping, origin }: WantedAttribute,
  before: AttributeValue | undefined,
  present: ValueOrigin | undefined,
  sync: Sync,
): LeaveAttribute['reason'] | undefined {
  const fromProvider = present?.by === 'idp' || present?.by === 'constant';
  if (before === undefined && (present === undefined || fromProvider)) return undefined;
  if (fromProvider) return present.identityProviderId === origin.identityProviderId ? undefined : 'owner.otherProvider';
  if (mapping.owner === 'local') return 'owner.local';
  if (mapping.owner === 'scim' && present?.by === 'scim') return 'owner.scim';
  return sync === 'preserve-local' ? 'sync.preserveLocal' : undefined;
}

const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

const sameOrigin = (one: ValueOrigin, other: ValueOrigin): boolean =>
  one.by === other.by && one.identityProviderId === other.identityProviderId && (one.verified ?? false) === (other.verified ?? false);

function sameValue(one: AttributeValue, other: AttributeValue): boolean {
  if (typeof one !== 'object' || typeof other !== 'object') return one === other;
  const names = Object.keys(one);
  if (Array.isArray(one) !== Array.isArray(other) || names.length !== Object.keys(other).length) return false;
  return names.every((name) => Object.hasOwn(other, name) && Reflect.get(one, name) === Reflect.get(other, name));
}
