import type { getMetadataStorage, ValidationArguments } from 'class-validator';

type Storage = ReturnType<typeof getMetadataStorage>;
/** One decorator of class-validator on one property. */
export type Rule = Omit<ReturnType<Storage['getTargetValidationMetadatas']>[number], 'constraints' | 'context'> & {
  readonly constraints: readonly unknown[] | undefined;
  readonly context?: unknown;
};
type Arguments = readonly unknown[];

/** The stable code of each constraint by class-validator's name for it. Any other is `value.invalid`. */
const codes: Readonly<Record<string, string>> = {
  isString: 'type.wrong',
  isBoolean: 'type.wrong',
  isNumber: 'type.wrong',
  isInt: 'type.wrong',
  isObject: 'type.wrong',
  isArray: 'type.wrong',
  isDefined: 'value.missing',
  isNotEmpty: 'value.missing',
  arrayNotEmpty: 'value.missing',
  isNotEmptyObject: 'value.missing',
  maxLength: 'value.tooLong',
  isLength: 'value.tooLong',
  isByteLength: 'value.tooLong',
  arrayMaxSize: 'value.tooLong',
  minLength: 'value.tooShort',
  arrayMinSize: 'value.tooShort',
  isIn: 'value.notOneOf',
  isEnum: 'value.notOneOf',
  min: 'value.outOfRange',
  max: 'value.outOfRange',
  isPositive: 'value.outOfRange',
  arrayUnique: 'value.duplicate',
};

const messages: Readonly<Record<string, (args: Arguments) => string>> = {
  isString: () => 'must be text',
  isBoolean: () => 'must be true or false',
  isNumber: () => 'must be a number',
  isInt: () => 'must be a whole number',
  isObject: () => 'must be an object',
  isArray: () => 'must be a list',
  isDefined: () => 'is required',
  isNotEmpty: () => 'must not be empty',
  arrayNotEmpty: () => 'must have at least one item',
  isNotEmptyObject: () => 'must have at least one key',
  maxLength: ([max]) => `must have at most ${max} characters`,
  minLength: ([min]) => `must have at least ${min} characters`,
  isLength: ([min, max]) => (max === undefined ? `must have at least ${min} characters` : `must have ${min} to ${max} characters`),
  isByteLength: ([min, max]) => (max === undefined ? `must have at least ${min} bytes` : `must have ${min} to ${max} bytes`),
  arrayMaxSize: ([max]) => `must have at most ${max} items`,
  arrayMinSize: ([min]) => `must have at least ${min} items`,
  isIn: ([values]) => `must be one of ${listed(values)}`,
  isEnum: ([, values]) => `must be one of ${listed(values)}`,
  min: ([min]) => `must be at least ${min}`,
  max: ([max]) => `must be at most ${max}`,
  isPositive: () => 'must be greater than 0',
  arrayUnique: () => 'must not have the same item twice',
  matches: ([pattern]) => `must match ${String(pattern)}`,
  isUrl: () => 'must be a URL',
  isEmail: () => 'must be an e-mail address',
};

const listed = (values: unknown): string => (Array.isArray(values) ? values.map(String).join(', ') : String(values));

/** `context: { code }` on the decorator, else derived from the constraint's name. */
export function codeOf(rule: Rule, name: string, value: unknown): string {
  const { context } = rule;
  if (typeof context === 'object' && context !== null && 'code' in context && typeof context.code === 'string') return context.code;
  if (name === 'isLength' && typeof value === 'string' && value.length < Number(rule.constraints?.[0])) return 'value.tooShort';
  return codes[name] ?? 'value.invalid';
}

/** `message` on the decorator, else plain words, else class-validator's own. Reads as "{path} {message}". */
export function messageOf(rule: Rule, name: string, args: ValidationArguments, fallback: string | undefined): string {
  if (typeof rule.message === 'function') return rule.message(args);
  if (rule.message) return rule.message;
  const own = messages[name]?.(rule.constraints ?? []);
  if (own !== undefined) return own;
  const filled = (fallback ?? 'is not valid').replace(/^each value in /, '').replace(/\$constraint(\d)/g, (_, digit: string) => {
    return listed(rule.constraints?.[Number(digit) - 1]);
  });
  return filled.replace(/\$property ?/g, '').replace(/\$value/g, 'the value');
}
