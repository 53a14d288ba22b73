import { expect, test } from '@jest/globals';
import { patternProblem, collectFaults, type InputFault } from '@foyer/platform';
import { compilePolicies } from './compile-policies.js';
import { PolicyDto, readPolicy } from './policy-settings.js';

const policies = compilePolicies({ usernamePattern: '[a-z]{3,5}', rolenamePattern: '^[a-z-]+$', passwordPattern: '.*[0-9].*' });
const open = compilePolicies({});

test('a text has to match as a whole', () => {
  expect(policies.username('anna')).toBeUndefined();
  expect(policies.username('anna-1')).toMatchObject({ code: 'policy.username', policy: 'usernamePattern' });
  expect(policies.username('anna\nx')).toMatchObject({ code: 'username.malformed' });
  expect(policies.rolename('dev-ops')).toBeUndefined();
  expect(policies.rolename('Dev')).toMatchObject({ code: 'policy.rolename', policy: 'rolenamePattern' });
  expect(policies.password('a1')).toBeUndefined();
  expect(policies.password('ab')).toMatchObject({ code: 'policy.password', policy: 'passwordPattern' });
});

test('a violation does not tell the value', () => {
  expect(JSON.stringify([policies.username('secret-name'), policies.password('hunter')])).not.toMatch(/secret-name|hunter/);
});

test('without a pattern there are defaults', () => {
  expect(open.username('Anna Ångström')).toBeUndefined();
  expect(open.username('an\u200bna')).toMatchObject({ code: 'username.malformed' });
  expect(open.password('1234567')).toMatchObject({ code: 'policy.password', policy: 'passwordLength' });
  expect(open.password('12345678')).toBeUndefined();
  expect(open.password('x'.repeat(1_025))).toMatchObject({ code: 'policy.password' });
  expect(open.rolename('Internal/everyone')).toBeUndefined();
  for (const name of ['', ' a', 'a\tb', 'a'.repeat(256)]) expect(open.rolename(name)).toMatchObject({ code: 'rolename.malformed' });
});

test.each([
  ['look-ahead', '^(?=.*[A-Z]).{8,}$', 'look around'],
  ['look-behind', '(?<!a)b', 'look around'],
  ['a backreference', '(a)\\1', 'refer back'],
  ['broken syntax', '[a-', 'not a regular expression'],
  ['repetition beyond bounds', '(a{1000}){1000}', 'not a regular expression'],
  ['nested repetition', '(((a?){10}){10}){10}', 'too large'],
  ['length', 'a'.repeat(1_001), 'at most 1000'],
])('a pattern with %s is refused', (_, pattern, message) => {
  expect(patternProblem(pattern)).toContain(message);
  const faults = collectFaults(PolicyDto, { usernamePattern: pattern }, 'policy');
  expect(faults.map(({ path }) => path)).toEqual(['policy.usernamePattern']);
});

test('a pattern that makes other engines run away is matched in time', () => {
  const started = performance.now();
  expect(compilePolicies({ passwordPattern: '^(a+)+$' }).password(`${'a'.repeat(1_000)}!`)).toBeDefined();
  expect(performance.now() - started).toBeLessThan(1_000);
});

test('WSO2’s names mean the same, and must not contradict', () => {
  const written = {
    UsernameJavaRegEx: '^[\\S]{3,30}$',
    UsernameJavaScriptRegEx: '^[\\S]{3,30}$',
    PasswordJavaRegEx: '^[\\S]{5,30}$',
    rolenamePattern: 'a+',
  };
  const faults: InputFault[] = [];
  expect(readPolicy(written, 'policy', faults)).toEqual({
    usernamePattern: '^[\\S]{3,30}$',
    passwordPattern: '^[\\S]{5,30}$',
    rolenamePattern: 'a+',
  });
  expect(faults).toEqual([]);
  readPolicy({ rolenamePattern: 'a', RolenameJavaRegEx: 'b' }, 'userStores[1].policy', faults);
  expect(faults).toEqual([expect.objectContaining({ path: 'userStores[1].policy.RolenameJavaRegEx', code: 'value.ambiguous' })]);
});
