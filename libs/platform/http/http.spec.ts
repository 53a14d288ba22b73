import { expect, test } from '@jest/globals';
import { ClientAddresses } from './client-address.js';
import { Cookies } from './cookies.js';
import { mergePatch } from './merge-patch.js';
import { etagOf, precondition } from './precondition.js';

test('a change needs the ETag of the version that it changes', () => {
  expect(() => precondition(undefined)).toThrow(expect.objectContaining({ kind: 'preconditionRequired', code: 'version.required' }));
  const current = { id: 'a', version: 7 };
  expect(etagOf(current)).toBe('"a.7"');
  for (const header of ['"a.6"', '"b.7"', 'W/"a.7"', '"7"']) {
    const stale = expect.objectContaining({ kind: 'preconditionFailed', code: 'version.stale' });
    expect(() => precondition(header).check(current)).toThrow(stale);
  }
  for (const header of ['"a.7"', '"a.6", "a.7"', '*']) expect(() => precondition(header).check(current)).not.toThrow();
});

// RFC 7396, appendix A, as far as objects go.
test.each([
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])('merge patch: %j and %j', (target, patch, result) => {
  expect(mergePatch(target, patch)).toEqual(result);
});

test('a merge patch that is no object, pollutes, or is endless is refused', () => {
  for (const patch of [null, 'x', ['a'], JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"a":'.repeat(5000) + '1' + '}'.repeat(5000))]) {
    expect(() => mergePatch({}, patch)).toThrow(expect.objectContaining({ code: 'input.invalid' }));
  }
});

const request = (remoteAddress: string, forwarded?: string) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as never;

test.each([
  ['nobody is trusted', [], '::ffff:10.0.0.1', '1.1.1.1', '10.0.0.1'],
  ['the peer is no proxy', ['10.0.0.0/8'], '9.9.9.9', '1.1.1.1', '9.9.9.9'],
  ['one proxy', ['10.0.0.0/8'], '10.0.0.1', '6.6.6.6, 1.1.1.1', '1.1.1.1'],
  ['two proxies', ['10.0.0.0/8'], '::ffff:10.0.0.1', '6.6.6.6, 1.1.1.1, 10.0.0.2', '1.1.1.1'],
  ['a proxy that says nothing', ['10.0.0.0/8'], '10.0.0.1', undefined, '10.0.0.1'],
  ['a proxy that says nonsense', ['10.0.0.0/8'], '10.0.0.1', '1.1.1.1, unknown', '10.0.0.1'],
  ['proxies all the way', ['10.0.0.0/8'], '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
])('the address of the client: %s', (_, trusted, peer, forwarded, expected) => {
  expect(new ClientAddresses(trusted).of(request(peer, forwarded))).toBe(expected);
});

test('on https cookies are named so that nobody else can set them', () => {
  const cookies = new Cookies({ publicUrl: 'https://login.example.org' });
  const name = cookies.name('login.1');
  const header = cookies.header({ name, value: 'abc', path: '/', maxAge: 60 });
  expect(header).toBe('__Host-login.1=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure');
  expect(cookies.name('login', '/login')).toBe('__Secure-login');
  expect(cookies.read('a=b; login.1=evil; __Host-login.1=abc', name)).toBe('abc');
  expect(cookies.read('login.1=evil', name)).toBeUndefined();
  expect(cookies.read('__Host-login.1=abc;__Host-login.1=evil', name)).toBeUndefined();
});

test('on http they are plain, and no value can add an attribute', () => {
  const cookies = new Cookies({ publicUrl: 'http://localhost:8080' });
  expect(cookies.header({ name: 'a', value: '', path: '/', maxAge: 0 })).toBe('a=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax');
  expect(() => cookies.header({ name: 'a', value: 'b; Domain=example.org', path: '/', maxAge: 1 })).toThrow(TypeError);
  expect(() => cookies.header({ name: 'a', value: 'b\r\nX: y', path: '/', maxAge: 1 })).toThrow(TypeError);
});
