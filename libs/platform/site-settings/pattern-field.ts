import { applyDecorators } from '@nestjs/common';
import { ValidateBy } from 'class-validator';
import { maxPatternLength, patternProblem } from '../validation/pattern.js';
import { TextField } from './fields.js';

/** A pattern that an administrator types: RE2, matching a whole text. May be left out. */
export const PatternField = (description: string, example?: string): PropertyDecorator =>
  applyDecorators(
    TextField({ description, example, optional: true, max: maxPatternLength }),
    ValidateBy(
      { name: 'isPattern', validator: { validate: (value) => typeof value !== 'string' || patternProblem(value) === undefined } },
      { message: ({ value }) => patternProblem(String(value)) ?? '', context: { code: 'pattern.invalid' } },
    ),
  );
