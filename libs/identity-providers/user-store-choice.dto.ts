import { applyDecorators } from '@nestjs/common';
import { ChoiceField, FlagField, parseInput, rule, TextField, TextListField, TextMapField, ValueField } from '@foyer/platform';
import type { StoreFromClaim, StoreFromUsername, UserStoreChoice } from './settings.js';

const domain = { max: 63, example: 'CORP' } as const;

export class StoreFromUsernameDto implements StoreFromUsername {
  @FlagField({ description: 'The claim that names the account says the domain, too: `DOMAIN/name`.' })
  @rule('isTrue', (value) => value === true, 'must be true: leave the object out for a fixed domain')
  fromUsername!: true;

  @TextListField({ description: 'Domains that can be reached.', default: ['PRIMARY'], maxItems: 100, ...domain })
  domains: string[] = ['PRIMARY'];

  @ChoiceField({
    description: 'What a domain means that does not exist: PRIMARY, with a warning in the journal, or a denied login.',
    values: ['primary', 'deny'],
    default: 'primary',
  })
  unknownDomain: 'primary' | 'deny' = 'primary';
}

export class StoreFromClaimDto implements StoreFromClaim {
  @TextField({ description: 'The external claim that says the domain.', example: 'department', max: 255 })
  fromClaim!: string;

  @TextMapField({ description: 'Values of the claim, and their domains. Without it the value is the domain.', optional: true, maxKeys: 200, max: 63 })
  map?: Record<string, string>;

  @TextField({ description: 'The domain for any other value, and for none; without it such logins are denied.', optional: true, ...domain })
  otherwise?: string;

  @TextListField({
    description: 'Domains that can be reached.',
    defaultInWords: 'those that map and otherwise name',
    maxItems: 100,
    ...domain,
  })
  domains: string[] = [];
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);
const isDomain = (value: unknown): boolean => typeof value === 'string' && value.length > 0 && value.length <= domain.max;

/** A domain, or one of the two objects above: which one, {@link readUserStoreChoice} finds out. */
export const UserStoreChoiceField = (): PropertyDecorator =>
  applyDecorators(
    ValueField({
      description:
        'Where accounts go: a domain; `{ fromUsername: true, domains, unknownDomain }` for `DOMAIN/name` in the claim that names the account; or `{ fromClaim, map, otherwise, domains }`.',
      type: 'text or object',
      default: 'PRIMARY',
      example: { fromUsername: true, domains: ['PRIMARY', 'CORP'], unknownDomain: 'deny' },
      schema: { oneOf: [{ type: 'string' }, { type: 'object', additionalProperties: true }] },
    }),
    rule('userStoreChoice', (value) => isObject(value) || isDomain(value), 'must be a domain, or an object with fromUsername or fromClaim'),
  );

/**
 * The choice with its defaults, domains in the one form that they are compared in.
 * @throws FoyerError `input.invalid`
 */
export function readUserStoreChoice(written: unknown, path: string): UserStoreChoice {
  if (typeof written === 'string') return written.toUpperCase();
  if (isObject(written) && 'fromUsername' in written) {
    const { domains, unknownDomain } = parseInput(StoreFromUsernameDto, written, path);
    return { fromUsername: true, domains: upperCased(domains), unknownDomain };
  }
  const { fromClaim, map, otherwise, domains } = parseInput(StoreFromClaimDto, written, path);
  const mapped = map && Object.fromEntries(Object.entries(map).map(([value, to]) => [value, to.toUpperCase()]));
  const named = [...Object.values(mapped ?? {}), ...(otherwise === undefined ? [] : [otherwise])];
  return {
    fromClaim,
    ...(mapped && { map: mapped }),
    ...(otherwise !== undefined && { otherwise: otherwise.toUpperCase() }),
    domains: upperCased(domains.length > 0 ? domains : named.length > 0 ? named : ['PRIMARY']),
  };
}

const upperCased = (domains: readonly string[]): string[] => [...new Set(domains.map((one) => one.toUpperCase()))];
