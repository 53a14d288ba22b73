import { randomInt } from 'node:crypto';
import type { StorePolicies } from '../store.js';

/** Characters to choose from. A password has at least one of each set, where it is long enough, and the rest from all of them. */
type Alphabet = readonly string[];

const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const lower = 'abcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';
const symbols = '!#$%&*+-.=?@_';

/** What policies are met by, strongest first. */
const alphabets: readonly Alphabet[] = [
  [upper, lower, digits, '-._'],
  // For a policy that asks for one of a few symbols, whichever those are.
  [upper, lower, digits, ...symbols.split('')],
  [upper, lower, digits, symbols],
  [upper, lower, digits],
  [upper, lower],
  [lower, digits],
  [upper, digits],
  [lower],
  [upper],
  ['abcdef', digits],
  [digits],
];

const from = (first: number, last: number): number[] =>
  Array.from({ length: Math.abs(last - first) + 1 }, (_, index) => first + index * Math.sign(last - first));

/** What is strong and still short first, then whatever a policy may insist on, the weakest last. */
const lengths: readonly number[] = [...from(24, 40), ...from(23, 8), 48, 64, 96, 128, 256, ...from(7, 4)];

/** How the characters stand: in any order, or sorted as people write them (`Abcdef12!`), which some policies ask for. */
const orders = [shuffled, asWritten] as const;

/**
 * A password that nobody knows, by a cryptographically secure source, that the policy accepts. A pattern cannot be run backwards, so
 * passwords of a thousand forms are tried.
 * @returns undefined when the policy accepts none of them
 */
export function generatePassword(policies: Pick<StorePolicies, 'password'>): string | undefined {
  for (const order of orders) {
    for (const alphabet of alphabets) {
      for (const length of lengths) {
        const candidate = order(alphabet, length);
        if (policies.password(candidate) === undefined) return candidate;
      }
    }
  }
  return undefined;
}

/** Whether passwords can be generated for the policy at any time, and not only by luck. */
export const canGeneratePassword = (policies: Pick<StorePolicies, 'password'>): boolean =>
  Array.from({ length: 5 }, () => generatePassword(policies)).every((password) => password !== undefined);

function shuffled(alphabet: Alphabet, length: number): string {
  const all = alphabet.join('');
  const characters = Array.from({ length }, (_, index) => anyOf(alphabet[index] ?? all));
  for (let last = characters.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other] ?? '', characters[last] ?? ''];
  }
  return characters.join('');
}

/** One of the first set, many of the second, and one of each further set at the end: `Abcdefgh1!`. */
function asWritten(alphabet: Alphabet, length: number): string {
  const [first = '', many = first, ...rest] = alphabet;
  const filling = Math.max(length - 1 - rest.length, 0);
  return [first, ...Array.from({ length: filling }, () => many), ...rest].slice(0, length).map(anyOf).join('');
}

const anyOf = (characters: string): string => characters.charAt(randomInt(characters.length));
