import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
  type ValidationOptions,
} from 'class-validator';

/**
 * Fields of settings, each declared once: the decorator says type, bounds and meaning, and checking, OpenAPI and the settings reference derive
 * from it. A field with a default has an initialiser beside it; the specs compare the two.
 */
interface Field {
  readonly description: string;
  readonly example?: unknown;
  /** The initialiser of the field, for the documentation. */
  readonly default?: unknown;
  /** What the default is, where it depends on other fields. */
  readonly defaultInWords?: string;
  /** May be left out; a field with a default may in any case. */
  readonly optional?: boolean;
  /** Must be given when this holds for the object that the field is in; otherwise it may be left out. */
  readonly requiredWhen?: (settings: object) => boolean;
  /** Never shown, stored encrypted. */
  readonly secret?: boolean;
}

interface Pattern {
  readonly pattern?: RegExp;
  /** Completes "{path} …" where the pattern does not match. */
  readonly patternMessage?: string;
}

const mayBeAbsent = (field: Field): boolean =>
  Boolean(field.optional ?? field.requiredWhen) || field.default !== undefined || field.defaultInWords !== undefined;

function absence({ requiredWhen, ...field }: Field): PropertyDecorator[] {
  if (requiredWhen) return [ValidateIf((settings: object, value) => value !== undefined || requiredWhen(settings))];
  return mayBeAbsent(field) ? [IsOptional()] : [];
}

/** A field as the settings reference has it. */
export interface FieldDocumentation {
  readonly key: string;
  /** In words, such as `list of text`. */
  readonly type: string;
  readonly required: 'always' | 'sometimes' | 'never';
  readonly defaultInWords: string;
  readonly description: string;
  readonly example: unknown;
  readonly secret: boolean;
  /** The schema of an object, or of the objects of a list. */
  readonly nested: (() => new () => object) | undefined;
  /** The schemas that an object may have, each by the key that only it has. */
  readonly alternatives: Alternatives;
}

/** Schemas, each by the key that tells it from the others. */
export type Alternatives = Readonly<Record<string, new () => object>>;

const documentation = new WeakMap<object, FieldDocumentation[]>();

/** The fields of a schema, in the order of their declaration. Fields for later versions are not among them. */
export const fieldsOf = (type: new () => object): readonly FieldDocumentation[] => documentation.get(type.prototype as object) ?? [];

function documented(
  field: Field,
  shape: ApiPropertyOptions,
  type: string,
  { nested, alternatives = {} }: Partial<Pick<FieldDocumentation, 'nested' | 'alternatives'>> = {},
): PropertyDecorator {
  const remember: PropertyDecorator = (target, property) => {
    const known = documentation.get(target) ?? documentation.set(target, []).get(target);
    const defaultInWords = field.defaultInWords ?? (field.default === undefined ? '' : `\`${JSON.stringify(field.default)}\``);
    const { description, example, secret = false } = field;
    const required = field.requiredWhen ? 'sometimes' : mayBeAbsent(field) ? 'never' : 'always';
    known?.push({ key: String(property), type, required, defaultInWords, description, example, secret, nested, alternatives });
  };
  return applyDecorators(remember, checkedAndDescribed(field, shape));
}

function checkedAndDescribed(field: Field, shape: ApiPropertyOptions): PropertyDecorator {
  const { description, example, default: initial } = field;
  // The options of @nestjs/swagger are a union of its shapes: what is put together here is one of them.
  const options = {
    description: field.defaultInWords ? `${description} Default: ${field.defaultInWords}.` : description,
    [shape.type === 'object' ? 'selfRequired' : 'required']: !mayBeAbsent(field),
    ...(example === undefined ? {} : { example }),
    ...(initial === undefined ? {} : { default: initial }),
    ...(field.secret ? { format: 'password' } : {}),
    ...shape,
  } as ApiPropertyOptions;
  return applyDecorators(ApiProperty(options), ...absence(field));
}

const matching = (pattern: Pattern, options: ValidationOptions = {}): PropertyDecorator[] =>
  pattern.pattern ? [Matches(pattern.pattern, { ...options, message: pattern.patternMessage })] : [];

/** Text of `min` (default 1) to `max` characters. */
export const TextField = (field: Field & Pattern & { readonly max: number; readonly min?: number }): PropertyDecorator =>
  applyDecorators(
    documented(field, { type: 'string', minLength: field.min ?? 1, maxLength: field.max }, 'text'),
    IsString(),
    Length(field.min ?? 1, field.max),
    ...matching(field),
  );

export const FlagField = (field: Field): PropertyDecorator =>
  applyDecorators(documented(field, { type: 'boolean' }, 'true or false'), IsBoolean());

/** A whole number. */
export const NumberField = (field: Field & { readonly min: number; readonly max: number }): PropertyDecorator =>
  applyDecorators(
    documented(field, { type: 'integer', minimum: field.min, maximum: field.max }, `whole number, ${field.min} to ${field.max}`),
    IsInt(),
    Min(field.min),
    Max(field.max),
  );

/** A list of texts, none twice. */
export const TextListField = (field: Field & Pattern & { readonly maxItems: number; readonly max: number }): PropertyDecorator =>
  applyDecorators(
    documented(field, { type: 'array', items: { type: 'string', maxLength: field.max }, maxItems: field.maxItems }, 'list of text'),
    IsArray(),
    ArrayMaxSize(field.maxItems),
    ArrayUnique(),
    IsString({ each: true }),
    Length(1, field.max, { each: true }),
    ...matching(field, { each: true }),
  );

interface Choice {
  /** What may be chosen. */
  readonly values: readonly string[];
  /** What a later version will offer: refused as `settings.notSupported`. */
  readonly planned?: readonly string[];
}

const listed = (values: readonly string[]): string => values.map((value) => `\`${value}\``).join(' or ');

/** One of a few texts. */
export const ChoiceField = (field: Field & Choice): PropertyDecorator =>
  applyDecorators(documented(field, { type: 'string', enum: [...field.values] }, listed(field.values)), IsString(), ...chosen(field, {}));

/** A list of some of a few texts, none twice. */
export const ChoicesField = (field: Field & Choice): PropertyDecorator =>
  applyDecorators(
    documented(
      field,
      { type: 'array', items: { type: 'string', enum: [...field.values] }, uniqueItems: true },
      `list of ${listed(field.values)}`,
    ),
    IsArray(),
    ArrayMaxSize(field.values.length),
    ArrayUnique(),
    IsString({ each: true }),
    ...chosen(field, { each: true }),
  );

function chosen({ values, planned = [] }: Choice, options: ValidationOptions): PropertyDecorator[] {
  const isText = (value: unknown): value is string => typeof value === 'string';
  return [
    ValidateBy(
      { name: 'isIn', constraints: [values], validator: { validate: (value) => isText(value) && [...values, ...planned].includes(value) } },
      options,
    ),
    ValidateBy(
      { name: 'isSupported', validator: { validate: (value) => !isText(value) || !planned.includes(value) } },
      { ...options, ...notSupported('has a value that this version does not support yet') },
    ),
  ];
}

const notSupported = (message: string): ValidationOptions => ({ message, context: { code: 'settings.notSupported' } });

/** A key that a later version will have: refused as `settings.notSupported`. */
export const PlannedField = (): PropertyDecorator =>
  applyDecorators(
    IsOptional(),
    ValidateBy({ name: 'isSupported', validator: { validate: () => false } }, notSupported('is not supported by this version yet')),
  );

/** @nestjs/swagger takes a function for a class that is known later only if the function is called `type`. */
const lazy = (of: () => (new () => object) | [new () => object]): ApiPropertyOptions => ({ type: () => of() });

/** An object with a schema of its own. */
export const ObjectField = (type: () => new () => object, field: Field): PropertyDecorator =>
  applyDecorators(
    documented(
      field,
      lazy(() => type()),
      'object',
      { nested: type },
    ),
    Type(type),
    ValidateNested(),
  );

/** A list of objects with a schema of their own. */
export const ObjectListField = (type: () => new () => object, field: Field & { readonly maxItems: number }): PropertyDecorator =>
  applyDecorators(
    documented(field, { ...lazy(() => [type()]), maxItems: field.maxItems }, 'list of objects', { nested: type }),
    Type(type),
    IsArray(),
    ArrayMaxSize(field.maxItems),
    ValidateNested({ each: true }),
  );

/** A value of a shape of its own: described by a schema of OpenAPI, checked by the decorators beside it. */
export const ValueField = (
  field: Field & { readonly type: string; readonly schema: ApiPropertyOptions; readonly alternatives?: Alternatives },
): PropertyDecorator => documented(field, field.schema, field.type, { alternatives: field.alternatives });

/** An object with any keys and texts as values. */
export const TextMapField = (
  field: Field & { readonly maxKeys: number; readonly max: number; readonly reserved?: readonly string[] },
): PropertyDecorator => {
  const texts = (value: unknown): boolean =>
    Object.values(value ?? {}).every((item) => typeof item === 'string' && item.length <= field.max);
  const sized = (value: unknown): boolean => Object.keys(value ?? {}).length <= field.maxKeys;
  const free = (value: unknown): boolean => !Object.keys(value ?? {}).some((key) => field.reserved?.includes(key));
  return applyDecorators(
    documented(field, { type: 'object', additionalProperties: { type: 'string', maxLength: field.max } }, 'object of text'),
    IsObject(),
    rule('textValues', texts, `must have texts of at most ${field.max} characters as values`),
    rule('maxKeys', sized, `must have at most ${field.maxKeys} keys`, 'value.tooLong'),
    rule('freeKeys', free, `must not have the keys ${field.reserved?.join(', ')}: Foyer sets them itself`, 'value.reserved'),
  );
};

/**
 * A rule of a field's own.
 * @param message completes "{path} …"; never with the value
 * @param at the key within the field's object that is at fault, where the rule looks at what the object itself does not see
 */
export const rule = (
  name: string,
  holds: (value: unknown, object: object) => boolean,
  message: string,
  code = 'value.invalid',
  at?: string,
): PropertyDecorator =>
  ValidateBy({ name, validator: { validate: (value, args) => holds(value, args?.object ?? {}) } }, { message, context: { code, at } });

/** A rule for each item of a list. */
export const eachRule = (
  name: string,
  holds: (item: unknown, object: object) => boolean,
  message: string,
  code = 'value.invalid',
): PropertyDecorator =>
  ValidateBy(
    { name, validator: { validate: (value, args) => holds(value, args?.object ?? {}) } },
    { each: true, message, context: { code } },
  );
