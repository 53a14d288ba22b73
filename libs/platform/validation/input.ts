import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, ValidationTypes, type ValidationArguments } from 'class-validator';
import { invalidInput, type InputFault } from '../errors/foyer-error.js';
import { codeOf, messageOf, type Rule } from './constraint-fault.js';
import { hostileFaults } from './hostile.js';
import { itemPath, keyPath } from './path.js';

/**
 * Checks outside data against a DTO class that is decorated with class-validator (and `@Type` of class-transformer where it nests).
 *
 * class-validator's own executor cannot say which item of a list is wrong, takes a list for a nested object, and skips `each` rules on what is
 * no list. So its decorators and constraints are used, and run here.
 */

/** The name of a rule whose constraints are schemas: a value that is an instance of one is checked by it, and may be something else. */
export const alternative = 'isAlternative';

/** An answer lists at most so many faults. */
const maxFaults = 100;

/**
 * The input as an instance of `type`, defaults of the class filled in, keys without a value left out. Nothing is converted: `"5"` is no number.
 * `null` is refused where a property is merely `@IsOptional()`.
 * @param pathPrefix what the paths of faults begin with, such as `applications[0]`
 * @throws FoyerError `input.invalid` with every fault
 */
export function parseInput<T extends object>(type: new () => T, value: unknown, pathPrefix = ''): T {
  const { instance, faults } = check(type, value, pathPrefix);
  if (instance === undefined || faults.length > 0) throw invalidInput(faults);
  return instance;
}

/** Every fault of the input, for callers that gather those of several inputs before they refuse. */
export const collectFaults = <T extends object>(type: new () => T, value: unknown, pathPrefix = ''): InputFault[] =>
  check(type, value, pathPrefix).faults;

function check<T extends object>(type: new () => T, value: unknown, path: string): { instance?: T; faults: InputFault[] } {
  if (!isObject(value)) return { faults: [wrongType(path, 'must be an object')] };
  const hostile = hostileFaults(value, path);
  if (hostile.length > 0) return { faults: hostile.slice(0, maxFaults) };
  // class-transformer takes discriminators out of what it is given.
  const instance = plainToInstance(type, structuredClone(value), { enableImplicitConversion: false });
  const faults: InputFault[] = [];
  checkObject(instance, path, faults);
  return { instance, faults: faults.slice(0, maxFaults) };
}

function checkObject(object: object, path: string, faults: InputFault[]): void {
  const rules = rulesOf(object);
  for (const [key, value] of Object.entries(object)) {
    if (!rules.has(key)) {
      if (value !== undefined) faults.push({ path: keyPath(path, key), code: 'key.unknown', message: 'is not a known key' });
      Reflect.deleteProperty(object, key);
    } else if (value === undefined) {
      Reflect.deleteProperty(object, key);
    }
  }
  for (const [property, propertyRules] of rules) {
    checkProperty(object, property, propertyRules, keyPath(path, property), faults);
  }
}

function checkProperty(object: object, property: string, rules: readonly Rule[], path: string, faults: InputFault[]): void {
  const value: unknown = Reflect.get(object, property);
  if (!applies(object, value, rules)) {
    if (value === null && rules.some((rule) => rule.name === 'isOptional'))
      faults.push(wrongType(path, 'must not be null; leave it out instead'));
    return;
  }
  const found = [...shapeFaults(value, rules, path), ...rules.flatMap((rule) => ruleFaults(object, property, value, rule, path))];
  if (value === undefined) {
    if (found.length > 0) faults.push({ path, code: 'value.missing', message: 'is required' });
    return;
  }
  faults.push(...mostTelling(found));
  if (shapeFaults(value, rules, path).length === 0) checkNested(value, rules, path, faults);
}

/** `@IsOptional()`, `@ValidateIf()`. */
const applies = (object: object, value: unknown, rules: readonly Rule[]): boolean =>
  rules.every((rule) => {
    const condition = rule.type === ValidationTypes.CONDITIONAL_VALIDATION ? rule.constraints?.[0] : undefined;
    return typeof condition !== 'function' || Boolean(Reflect.apply(condition, undefined, [object, value]));
  });

/** An `each` rule needs a list; a nested object must not be one. */
function shapeFaults(value: unknown, rules: readonly Rule[], path: string): InputFault[] {
  if (rules.some((rule) => rule.each)) {
    return Array.isArray(value) ? [] : [wrongType(path, 'must be a list')];
  }
  const nested = rules.some((rule) => rule.type === ValidationTypes.NESTED_VALIDATION);
  return nested && !isObject(value) ? [wrongType(path, 'must be an object')] : [];
}

function ruleFaults(object: object, property: string, value: unknown, rule: Rule, path: string): InputFault[] {
  const checked = rule.type === ValidationTypes.CUSTOM_VALIDATION || rule.type === ValidationTypes.IS_DEFINED;
  if (!checked || (rule.validateIf && !rule.validateIf(object, value))) return [];
  const constraints = getMetadataStorage().getTargetValidatorConstraints(rule.constraintCls);
  const items =
    rule.each && Array.isArray(value)
      ? value.map((item: unknown, index) => ({ item, at: itemPath(path, index) }))
      : [{ item: value, at: path }];
  return items.flatMap(({ item, at }) =>
    constraints.flatMap((constraint) => {
      const args: ValidationArguments = {
        targetName: object.constructor.name,
        property,
        object,
        value: item,
        constraints: [...(rule.constraints ?? [])],
      };
      if (constraint.async) throw new TypeError(`${args.targetName}.${property}: asynchronous constraints are not supported`);
      if (constraint.instance.validate(item, args) === true) return [];
      const name = rule.name ?? constraint.name;
      return [
        {
          path: belowOf(rule, at),
          code: codeOf(rule, name, item),
          message: messageOf(rule, name, args, constraint.instance.defaultMessage?.(args)),
        },
      ];
    }),
  );
}

/** `context: { at }` on the decorator: the fault is with this key of the value. */
function belowOf({ context }: Rule, path: string): string {
  const named = typeof context === 'object' && context !== null && 'at' in context && typeof context.at === 'string' && context.at;
  return named ? keyPath(path, named) : path;
}

const isAlternative = (value: object, { name, constraints = [] }: Rule): boolean =>
  name === alternative && constraints.some((schema) => typeof schema === 'function' && value instanceof schema);

function checkNested(value: unknown, rules: readonly Rule[], path: string, faults: InputFault[]): void {
  if (isObject(value) && rules.some((rule) => isAlternative(value, rule))) checkObject(value, path, faults);
  if (!rules.some((rule) => rule.type === ValidationTypes.NESTED_VALIDATION)) return;
  if (!Array.isArray(value)) {
    if (isObject(value)) checkObject(value, path, faults);
    return;
  }
  value.forEach((item: unknown, index) => {
    if (isObject(item)) checkObject(item, itemPath(path, index), faults);
    else faults.push(wrongType(itemPath(path, index), 'must be an object'));
  });
}

/** One fault for each path: what is not supported yet or of the wrong type says it all; otherwise the rule nearest to the property speaks first. */
function mostTelling(faults: readonly InputFault[]): InputFault[] {
  const rank = ({ code }: InputFault): number => (code === 'settings.notSupported' ? 0 : code === 'type.wrong' ? 1 : 2);
  const byPath = new Map<string, InputFault>();
  for (const fault of faults) {
    const earlier = byPath.get(fault.path);
    if (!earlier || rank(fault) < rank(earlier)) byPath.set(fault.path, fault);
  }
  return [...byPath.values()];
}

function rulesOf(object: object): Map<string, Rule[]> {
  const rules = getMetadataStorage().getTargetValidationMetadatas(object.constructor, '', false, false);
  if (rules.length === 0)
    throw new TypeError(`${object.constructor.name} has no property with a class-validator decorator (or @Type is missing)`);
  const byProperty = new Map<string, Rule[]>();
  for (const rule of rules) byProperty.set(rule.propertyName, [...(byProperty.get(rule.propertyName) ?? []), rule]);
  return byProperty;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);
const wrongType = (path: string, message: string): InputFault => ({ path, code: 'type.wrong', message });
