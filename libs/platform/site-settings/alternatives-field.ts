import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, getSchemaPath } from '@nestjs/swagger';
import { plainToInstance, Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';
import { alternative } from '../validation/input.js';
import { rule, ValueField, type Alternatives } from './fields.js';
import { isPlain } from './plain.js';

/** Text, or an object that has one of several schemas: the key that it has says which. */
export const AlternativesField = (field: {
  readonly description: string;
  readonly default: string;
  readonly example: unknown;
  /** How long the text may be. */
  readonly max: number;
  readonly alternatives: Alternatives;
}): PropertyDecorator => {
  const { alternatives, max } = field;
  const schemas = Object.values(alternatives);
  const holds = (value: unknown): boolean => typeof value === 'string' || schemas.some((schema) => value instanceof schema);
  const models: PropertyDecorator = (target) => void ApiExtraModels(...schemas)(target.constructor);
  return applyDecorators(
    models,
    ValueField({
      ...field,
      type: 'text or object',
      schema: { oneOf: [{ type: 'string', minLength: 1, maxLength: max }, ...schemas.map((schema) => ({ $ref: getSchemaPath(schema) }))] },
    }),
    Transform(({ value }: { value: unknown }) => instanceOf(value, alternatives)),
    ValidateBy(
      { name: alternative, constraints: schemas, validator: { validate: holds } },
      { message: `must be text, or an object with either ${Object.keys(alternatives).join(' or ')}`, context: { code: 'type.wrong' } },
    ),
    rule('isLength', (value) => typeof value !== 'string' || (value !== '' && value.length <= max), `must have 1 to ${max} characters`),
  );
};

/** An object that says which schema it has, as an instance of that; anything else as it is. */
function instanceOf(value: unknown, alternatives: Alternatives): unknown {
  if (!isPlain(value)) return value;
  const [said, another] = Object.entries(alternatives).filter(([key]) => Object.hasOwn(value, key));
  return said && !another ? plainToInstance(said[1], value) : value;
}
