import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ClaimMapping } from './claim-mapping.js';
import { findClaim, mapClaims } from './map-claims.js';

const mapping = (change: Partial<ClaimMapping> & { to: string }): ClaimMapping => ({ onAbsent: 'keep', owner: 'idp', ...change });
const valueOf = (claim: unknown, to = 'nickname'): unknown => mapClaims({ it: claim }, [mapping({ from: 'it', to })]).attributes[0]?.value;
const faultOf = (claim: unknown, to = 'nickname'): unknown => mapClaims({ it: claim }, [mapping({ from: 'it', to })]).faults[0];

test('only mapped claims come through, under their local names, beside constants', () => {
  const { attributes, faults } = mapClaims({ given_name: 'Anna', secret: 'x' }, [
    mapping({ from: 'given_name', to: 'givenName' }),
    mapping({ to: 'country', value: 'SE', owner: 'local' }),
  ]);
  expect(attributes.map(({ to, value }) => [to, value])).toEqual([
    ['givenName', 'Anna'],
    ['country', 'SE'],
  ]);
  expect(faults).toEqual([]);
});

test.each([['text'], [12.5], [0], [true], [false], [['a', 'b']]])('%j becomes a value as it is', (claim) => {
  expect(valueOf(claim)).toEqual(claim);
});

test.each([[undefined], [null], [''], [[]]])('%j means that the claim is absent', (claim) => {
  expect(mapClaims({ it: claim }, [mapping({ from: 'it', to: 'nickname' })])).toMatchObject({
    attributes: [{ value: undefined }],
    faults: [],
  });
});

test.each([[{ a: 'b' }], [[1]], [['a', null]], [Number.NaN], [Number.POSITIVE_INFINITY], [() => 1], [Symbol('x')], [12n]])(
  'a claim of another type is a fault that names it: %p',
  (claim) => expect(faultOf(claim)).toMatchObject({ claim: 'it', to: 'nickname', code: 'claim.type' }),
);

test('an address has named parts, without empty ones', () => {
  expect(valueOf({ locality: 'Malmö', postal_code: '21115', region: '', formatted: null }, 'address')).toEqual({
    locality: 'Malmö',
    postal_code: '21115',
  });
  expect(faultOf({ locality: { deep: true } }, 'address')).toMatchObject({ code: 'claim.type' });
  expect(faultOf(JSON.parse('{"__proto__":"x"}'), 'address')).toMatchObject({ code: 'claim.type' });
});

test('too much is a fault: a long text, many entries, much of everything', () => {
  expect(faultOf('x'.repeat(2_049))).toMatchObject({ code: 'claim.tooLarge' });
  expect(faultOf(Array.from({ length: 101 }, () => 'x'))).toMatchObject({ code: 'claim.tooLarge' });
  expect(faultOf(['x'.repeat(513)])).toMatchObject({ code: 'claim.tooLarge' });
  const names = Array.from({ length: 9 }, (_, index) => `c${index}`);
  const claims = Object.fromEntries(names.map((name) => [name, 'x'.repeat(2_000)]));
  expect(
    mapClaims(
      claims,
      names.map((name) => mapping({ from: name, to: name })),
    ).faults,
  ).toMatchObject([{ claim: 'c8', code: 'claim.tooLarge' }]);
});

test('text that a database would change is a fault', () => {
  expect(faultOf('half a pair \ud800')).toMatchObject({ code: 'claim.malformed' });
  expect(faultOf('nul \0')).toMatchObject({ code: 'claim.malformed' });
  expect(valueOf('a whole pair 😀')).toBe('a whole pair 😀');
});

test('a path by dots is followed only when no claim has the exact name, and never into what an object inherits', () => {
  expect(findClaim({ 'a.b': 'exact', a: { b: 'nested' } }, 'a.b')).toBe('exact');
  expect(findClaim({ a: { b: { c: 'nested' } } }, 'a.b.c')).toBe('nested');
  expect(findClaim({ a: ['x'] }, 'a.0')).toBeUndefined();
  expect(findClaim({ a: {} }, 'a.constructor.name')).toBeUndefined();
  expect(findClaim({}, 'toString')).toBeUndefined();
});

test('of several mappings to one attribute the first that is present wins', () => {
  const mappings = [mapping({ from: 'nickname', to: 'displayName', onAbsent: 'fail' }), mapping({ from: 'name', to: 'displayName' })];
  expect(mapClaims({ name: 'Anna' }, mappings).attributes).toMatchObject([{ to: 'displayName', value: 'Anna', mapping: { from: 'name' } }]);
  expect(mapClaims({ name: 'Anna', nickname: 'A' }, mappings).attributes).toMatchObject([{ value: 'A' }]);
  expect(mapClaims({}, mappings).attributes).toMatchObject([{ value: undefined, mapping: { onAbsent: 'fail' } }]);
});

test('whatever the claims are, mapping throws nothing and every value can be stored and read back', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.anything()), fc.array(fc.string(), { maxLength: 5 }), (claims, names) => {
      const wanted = [...Object.keys(claims), ...names].map((from, index) => mapping({ from, to: index % 3 ? `a${index}` : 'address' }));
      for (const { value } of mapClaims(claims, wanted).attributes) {
        if (value !== undefined) expect(JSON.parse(JSON.stringify(value))).toEqual(value);
      }
    }),
  );
});
