import {
  attributeName,
  FlagField,
  isReservedAttribute,
  isReservedName,
  NumberField,
  ObjectListField,
  objectName,
  rule,
  TextField,
  TextListField,
  TextMapField,
} from '@foyer/platform';
import type { PurposeAttribute } from './purpose.js';

const isTag = (tag: string): boolean => {
  try {
    return Intl.getCanonicalLocales(tag)[0] === tag;
  } catch {
    return false;
  }
};

const keysOf = (value: unknown): string[] => Object.keys(Object(value) as object);

/** Text by language. `en` is what everybody reads whose language is missing. */
const TextByLanguageField = (field: {
  readonly description: string;
  readonly example: object;
  readonly max: number;
  readonly optional?: true;
}): PropertyDecorator => {
  const decorators = [
    TextMapField({ ...field, maxKeys: 50 }),
    rule('hasEnglish', (value) => value === undefined || keysOf(value).includes('en'), 'must have a text for en', 'value.missing'),
    rule('languageTags', (value) => keysOf(value).every(isTag), 'must have languages as keys, such as en or pt-BR'),
    rule(
      'noBlank',
      (value) => Object.values(Object(value) as object).every((text) => String(text).trim() !== ''),
      'must not have blank texts',
    ),
  ];
  return (target, property) => decorators.forEach((decorate) => decorate(target, property));
};

export class PurposeAttributeDto implements PurposeAttribute {
  @TextField({ description: 'The local attribute.', example: 'email', max: 64, ...attributeName })
  @rule(
    'isAttribute',
    (value) => typeof value !== 'string' || !isReservedAttribute(value),
    'is not available as the name of an attribute',
    'name.reserved',
  )
  @rule('standsAlone', (value) => value !== 'emailVerified', 'goes with email, and is no matter of its own', 'name.reserved')
  name!: string;

  @FlagField({ description: 'Whether there is no account for a person who refuses it.', default: false })
  mandatory = false;
}

const namesAreDistinct = (value: unknown): boolean => {
  if (!Array.isArray(value)) return true;
  const names = value.map((item: unknown): unknown => Reflect.get(Object(item) as object, 'name'));
  return new Set(names).size === names.length;
};

/** A purpose as the YAML file and the admin API have it. */
export class ConsentPurposeDto {
  @TextField({ description: 'Unique; never changes; stands in addresses.', example: 'profile', max: 63, ...objectName })
  @rule('freeName', (value) => !isReservedName(value), 'must not begin with foyer-', 'name.reserved')
  name!: string;

  @NumberField({
    description: 'A higher one asks everybody again; a lower one than the stored is refused.',
    default: 1,
    min: 1,
    max: 1_000_000,
  })
  version = 1;

  @TextByLanguageField({ description: 'What people read first, by language; `en` is required.', example: { en: 'Your profile' }, max: 255 })
  title!: Record<string, string>;

  @TextByLanguageField({
    description: 'What the attributes are for, by language; `en` is required.',
    example: { en: 'To show who you are to your colleagues.' },
    max: 2_000,
  })
  text!: Record<string, string>;

  @ObjectListField(() => PurposeAttributeDto, {
    description:
      'The attributes that it is about. Never the username: what `claims.userId` names becomes that, and `preferred_username`, even if it is refused as an attribute.',
    maxItems: 100,
  })
  @rule('hasAttributes', (value) => !Array.isArray(value) || value.length > 0, 'must have at least one item', 'value.missing')
  @rule('distinctNames', namesAreDistinct, 'must not have the same attribute twice', 'value.duplicate')
  attributes!: PurposeAttributeDto[];

  @TextByLanguageField({
    description: 'How long they are kept, by language; with `en`.',
    example: { en: 'As long as you have an account.' },
    max: 500,
    optional: true,
  })
  retention?: Record<string, string>;

  @TextListField({ description: 'Who else learns them.', example: ['Acme Payroll Ltd'], default: [], maxItems: 50, max: 255 })
  sharedWith: string[] = [];

  @FlagField({ description: 'Whether it applies to every identity provider whose prompt asks for consent.', default: false })
  everyIdentityProvider = false;
}
