import {
  AlternativesField,
  ChoiceField,
  FlagField,
  keyPath,
  rule,
  TextField,
  TextListField,
  TextMapField,
  type InputFault,
} from '@foyer/platform';
import type { StoreFromClaim, StoreFromUsername, UserStoreChoice } from './settings.js';

const domain = { max: 63, example: 'CORP' } as const;
const domains = { description: 'Domains that can be reached.', maxItems: 100, max: domain.max, example: ['PRIMARY', 'CORP'] } as const;

export class StoreFromUsernameDto implements StoreFromUsername {
  @FlagField({ description: 'The claim that names the account says the domain, too: `DOMAIN/name`.', example: true })
  @rule('isTrue', (value) => value === true, 'must be true: for a fixed domain, write the domain instead of the object')
  fromUsername!: true;

  @TextListField({ ...domains, default: ['PRIMARY'] })
  @rule('reachesOne', isNotEmpty, 'must have at least one item', 'value.missing')
  domains: string[] = ['PRIMARY'];

  @ChoiceField({
    description: 'What a domain means that does not exist: PRIMARY, with a warning in the journal, or a denied login.',
    values: ['primary', 'deny'],
    default: 'primary',
  })
  unknownDomain: 'primary' | 'deny' = 'primary';
}

export class StoreFromClaimDto implements Omit<StoreFromClaim, 'domains'> {
  @TextField({ description: 'The external claim that says the domain.', example: 'department', max: 255 })
  fromClaim!: string;

  @TextMapField({
    description: 'Values of the claim, compared as they are, and their domains. Without it the value is the domain.',
    optional: true,
    example: { sales: 'CORP' },
    maxKeys: 200,
    max: domain.max,
  })
  map?: Record<string, string>;

  @TextField({ description: 'The domain for any other value, and for none; without it such logins are denied.', optional: true, ...domain })
  otherwise?: string;

  @TextListField({ ...domains, defaultInWords: 'those that map and otherwise name, or PRIMARY' })
  @rule('reachesOne', isNotEmpty, 'must have at least one item', 'value.missing')
  domains?: string[];
}

/** Where accounts go: a domain, or how one is chosen. */
export const UserStoreChoiceField = (): PropertyDecorator =>
  AlternativesField({
    description: 'Where accounts go: a domain, or an object that says how one is chosen.',
    default: 'PRIMARY',
    example: { fromUsername: true, domains: ['PRIMARY', 'CORP'], unknownDomain: 'deny' },
    max: domain.max,
    alternatives: { fromUsername: StoreFromUsernameDto, fromClaim: StoreFromClaimDto },
  });

/** As it was written, or as it was completed before. */
export type WrittenUserStoreChoice = string | StoreFromUsernameDto | StoreFromClaimDto;

/**
 * The choice with its defaults, domains in the one form that they are compared in.
 * @param path of the choice
 * @param faults gets it when a value of the claim leads to a domain that is not among `domains`
 */
export function readUserStoreChoice(written: WrittenUserStoreChoice, path: string, faults: InputFault[]): UserStoreChoice {
  if (typeof written === 'string') return domainKey(written);
  if (written instanceof StoreFromUsernameDto) {
    return { fromUsername: true, domains: distinct(written.domains), unknownDomain: written.unknownDomain };
  }
  const choice: StoreFromClaim = {
    fromClaim: written.fromClaim,
    ...(written.map && { map: Object.fromEntries(Object.entries(written.map).map(([value, to]) => [value, domainKey(to)])) }),
    ...(written.otherwise !== undefined && { otherwise: domainKey(written.otherwise) }),
    domains: distinct(written.domains ?? []),
  };
  const named = namedDomains(choice);
  if (!written.domains) return { ...choice, domains: named.length > 0 ? distinct(named.map(({ name }) => name)) : ['PRIMARY'] };
  const unlisted = named.filter(({ name }) => !choice.domains.includes(name));
  faults.push(...unlisted.map(({ at }) => ({ path: at.reduce(keyPath, path), code: 'store.unlisted', message: 'must be among domains' })));
  return choice;
}

/** The domains that a choice names outside of `domains`, with the keys that lead there. */
export const namedDomains = ({ map = {}, otherwise }: StoreFromClaim): { readonly at: readonly string[]; readonly name: string }[] => [
  ...Object.entries(map).map(([value, name]) => ({ at: ['map', value], name })),
  ...(otherwise === undefined ? [] : [{ at: ['otherwise'], name: otherwise }]),
];

function isNotEmpty(value: unknown): boolean {
  return !Array.isArray(value) || value.length > 0;
}

const domainKey = (name: string): string => name.toUpperCase();
const distinct = (names: readonly string[]): string[] => [...new Set(names.map(domainKey))];
