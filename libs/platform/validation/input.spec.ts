import { expect, test } from '@jest/globals';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { FoyerError, type InputFault } from '../errors/foyer-error.js';
import { collectFaults, parseInput } from './input.js';

class Resource {
  @IsString() uri!: string;
}

class Oidc {
  @IsUrl({ require_tld: false }, { each: true }) @ArrayMaxSize(3) redirectUris!: string[];
  @IsOptional() @Type(() => Resource) @ValidateNested({ each: true }) resources?: Resource[];
}

class Application {
  @Matches(/^[a-z]+$/, { message: 'must have lower-case letters only', context: { code: 'name.malformed' } })
  @Length(2, 8)
  @IsString()
  name!: string;
  @IsOptional() @IsBoolean() enabled = true;
  @IsOptional() @IsIn(['a', 'b']) kind?: 'a' | 'b';
  @IsOptional() @Max(10) @Min(1) @IsInt() size?: number;
  @IsOptional() @ArrayUnique() @MaxLength(3, { each: true }) @IsString({ each: true }) tags?: string[];
  @IsOptional() @IsObject() extra?: Record<string, unknown>;
  @ValidateIf((_, value) => value !== null && value !== undefined) @IsString() theme?: string | null;
  @Type(() => Oidc) @ValidateNested() oidc!: Oidc;
}

const good = { name: 'abc', oidc: { redirectUris: ['https://a.example/cb'] } };
const faultsOf = (value: unknown): InputFault[] => collectFaults(Application, value);
const codes = (value: unknown): Record<string, string> => Object.fromEntries(faultsOf(value).map((fault) => [fault.path, fault.code]));

test('good input becomes an instance with its defaults and without keys that have no value', () => {
  const parsed = parseInput(Application, good);
  expect(parsed).toBeInstanceOf(Application);
  expect(parsed.oidc).toBeInstanceOf(Oidc);
  expect(Object.keys(parsed).sort()).toEqual(['enabled', 'name', 'oidc']);
  expect(parsed.enabled).toBe(true);
});

test('every fault is reported, with the path of the item that is wrong', () => {
  const value = {
    name: 'abc',
    unknown: 1,
    kind: 'c',
    size: 11,
    tags: ['ok', 'toolong', 5],
    oidc: { redirectUris: ['https://a.example/cb', 'no url'], resources: [{ uri: 'x', more: 1 }, 'text', {}] },
  };
  expect(codes(value)).toEqual({
    unknown: 'key.unknown',
    kind: 'value.notOneOf',
    size: 'value.outOfRange',
    'tags[1]': 'value.tooLong',
    'tags[2]': 'type.wrong',
    'oidc.redirectUris[1]': 'value.invalid',
    'oidc.resources[0].more': 'key.unknown',
    'oidc.resources[1]': 'type.wrong',
    'oidc.resources[2].uri': 'value.missing',
  });
});

test.each([
  ['not an object', 'text', { '': 'type.wrong' }],
  ['null', null, { '': 'type.wrong' }],
  ['a list', [good], { '': 'type.wrong' }],
  ['nothing', {}, { name: 'value.missing', oidc: 'value.missing' }],
  ['a number for text', { ...good, name: 5 }, { name: 'type.wrong' }],
  ['text for a number', { ...good, size: '5' }, { size: 'type.wrong' }],
  ['text for a flag', { ...good, enabled: 'true' }, { enabled: 'type.wrong' }],
  ['null for something optional', { ...good, kind: null }, { kind: 'type.wrong' }],
  ['a list for an object', { ...good, oidc: [good.oidc] }, { oidc: 'type.wrong' }],
  ['text for an object', { ...good, oidc: 'x' }, { oidc: 'type.wrong' }],
  ['text for a list', { ...good, tags: 'abc' }, { tags: 'type.wrong' }],
  ['an object for a list of objects', { ...good, oidc: { ...good.oidc, resources: { uri: 'x' } } }, { 'oidc.resources': 'type.wrong' }],
  ['too short', { ...good, name: 'a' }, { name: 'value.tooShort' }],
  ['too long', { ...good, name: 'abcdefghi' }, { name: 'value.tooLong' }],
  ['a code of its own', { ...good, name: 'ABC' }, { name: 'name.malformed' }],
  ['a repeated item', { ...good, tags: ['a', 'a'] }, { tags: 'value.duplicate' }],
  ['a lone surrogate', { ...good, name: 'a\uD800b' }, { name: 'value.invalid' }],
  ['NUL', { ...good, extra: { a: ['x\0'] } }, { 'extra.a[0]': 'value.invalid' }],
  ['a polluting key', JSON.parse('{"name":"abc","extra":{"__proto__":{"x":1}}}'), { 'extra.__proto__': 'key.unknown' }],
  ['the key constructor', { ...good, constructor: { prototype: {} } }, { constructor: 'key.unknown' }],
  ['a key that every object has', { ...good, toString: 1 }, { toString: 'key.unknown' }],
])('refused: %s', (_, value, expected) => {
  expect(codes(value)).toEqual(expected);
});

test('a property may allow null itself', () => {
  expect(parseInput(Application, { ...good, theme: null }).theme).toBeNull();
});

test('surrogate pairs are text like any other', () => {
  expect(faultsOf({ ...good, extra: { a: '😀' } })).toEqual([]);
});

test('nesting is bounded', () => {
  let deep: unknown = 1;
  for (let level = 0; level < 5000; level += 1) deep = { a: deep };
  expect(faultsOf({ ...good, extra: deep }).map((fault) => fault.code)).toEqual(['value.tooDeep']);
});

test('messages are plain words, without the value', () => {
  const messages = faultsOf({ name: 'SECRET!', kind: 'hidden', oidc: { redirectUris: ['no url'] } }).map((fault) => fault.message);
  expect(messages).toEqual(['must have lower-case letters only', 'must be one of a, b', 'must be a URL']);
});

test('the error carries the faults, below the prefix, and leaves its input alone', () => {
  const value = { ...good, name: 1 };
  const before = structuredClone(value);
  try {
    parseInput(Application, value, 'applications[0]');
    throw new Error('was accepted');
  } catch (error) {
    expect(error).toBeInstanceOf(FoyerError);
    expect(error).toMatchObject({
      kind: 'invalid',
      code: 'input.invalid',
      faults: [{ path: 'applications[0].name', code: 'type.wrong', message: 'must be text' }],
    });
  }
  expect(value).toEqual(before);
});
