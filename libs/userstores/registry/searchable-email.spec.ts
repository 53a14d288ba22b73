import { expect, test } from '@jest/globals';
import { emailKey, searchableEmail } from './searchable-email.js';

test.each([
  ['Anna@ACME.example', 'anna@acme.example'],
  [' anna@acme.example ', 'anna@acme.example'],
  ['Änna@Acme.example', 'Änna@acme.example'],
])('%s is compared as %s', (address, key) => {
  expect(emailKey(address)).toBe(key);
  expect(emailKey(key)).toBe(key);
  expect(searchableEmail({ email: address })).toBe(key);
});

test.each([
  ['the Kelvin sign', '\u212aarin@acme.example', 'karin@acme.example'],
  ['the Kelvin sign in the domain', 'karin@ban\u212a.example', 'karin@bank.example'],
  ['full-width letters', '\uff4barin@acme.example', 'karin@acme.example'],
  ['a full-width capital', '\uff2barin@acme.example', '\uff4barin@acme.example'],
  ['the dotted capital I', '\u0130da@acme.example', 'i\u0307da@acme.example'],
  ['the Angstrom sign', '\u212bke@acme.example', '\u00e5ke@acme.example'],
  ['another composition', 'a\u030ake@acme.example', '\u00e5ke@acme.example'],
])('an address with %s is another one', (_what, lookalike, address) => {
  expect(emailKey(lookalike)).not.toBe(emailKey(address));
});

test('what is no address, or too long for one, cannot be searched', () => {
  for (const email of [' ', 5, undefined, `${'x'.repeat(320)}@acme.example`])
    expect(searchableEmail(email === undefined ? {} : { email })).toBeUndefined();
});
