import { attributeName, ChoiceField, isReservedAttribute, rule, TextField, ValueField, type AttributeValue } from '@foyer/platform';
import { readValue } from './attribute-value.js';
import type { ClaimMapping } from './claim-mapping.js';
import { isLoginContext } from './login-context.js';

/** Whether a constant can be the value of the attribute: exactly what a claim could give it. */
function isConstant(value: unknown, mapping: object): boolean {
  const read = readValue(value, String(Reflect.get(mapping, 'to')));
  return read !== 'absent' && 'value' in read;
}

export class ClaimMappingDto implements ClaimMapping {
  @TextField({ description: 'The external claim. A dotted name reaches into an object.', example: 'given_name', max: 255, optional: true })
  @rule(
    'fromOrValue',
    (_, mapping) => Reflect.get(mapping, 'value') === undefined,
    'must not stand beside value: a mapping has one of the two',
  )
  from?: string;

  @ValueField({
    description: 'A constant instead of a claim.',
    type: 'text, number, true or false, list of text, or (for `address`) object of text',
    optional: true,
    example: 'SE',
    schema: {
      oneOf: [
        { type: 'string' },
        { type: 'number' },
        { type: 'boolean' },
        { type: 'array', items: { type: 'string' } },
        { type: 'object', additionalProperties: { type: 'string' } },
      ],
    },
  })
  @rule(
    'isConstant',
    isConstant,
    'must be text, a number, true or false, a list of texts, or (for address) an object of texts, neither empty nor too long',
  )
  value?: AttributeValue;

  @TextField({
    description: 'The local attribute; or `acr` or `amr`, which go with the login and are not stored.',
    example: 'givenName',
    max: 64,
    ...attributeName,
  })
  @rule(
    'freeAttribute',
    (value) => typeof value !== 'string' || isLoginContext(value) || !isReservedAttribute(value),
    'is not available as the name of an attribute',
    'name.reserved',
  )
  @rule(
    'hasSource',
    (_, mapping) => Reflect.get(mapping, 'from') !== undefined || Reflect.get(mapping, 'value') !== undefined,
    'needs a source beside it: from (a claim) or value (a constant)',
    'value.missing',
  )
  to!: string;

  @ChoiceField({
    description: 'What an absent claim does to an attribute that has a value.',
    values: ['keep', 'clear', 'fail'],
    default: 'keep',
  })
  onAbsent: 'keep' | 'clear' | 'fail' = 'keep';

  @ChoiceField({
    description: 'Whose the value is: with `local`, what was changed here stays; with `scim`, what SCIM sent stays.',
    values: ['idp', 'local', 'scim'],
    default: 'idp',
  })
  owner: 'idp' | 'local' | 'scim' = 'idp';
}
