import type { AttributeValue } from '@foyer/platform';

/** Limits of one mapped value, in characters and entries, and of all of them together in bytes of JSON. */
export const claimLimits = { text: 2_048, entries: 100, entryText: 512, partName: 64, allBytes: 16_384 } as const;

/** Why a claim cannot become an attribute. Names no value. */
export interface ValueFault {
  readonly code: 'claim.type' | 'claim.malformed' | 'claim.tooLarge';
  readonly message: string;
}

export type ReadValue = { readonly value: AttributeValue } | { readonly fault: ValueFault } | 'absent';

/**
 * A claim as the value of the attribute `to`: text, number, boolean, list of texts, or named parts for `address`.
 * `null`, an empty text, an empty list and an empty object mean that the claim is absent (OpenID Connect Core §5.3.2).
 */
export function readValue(claim: unknown, to: string): ReadValue {
  if (claim === undefined || claim === null || claim === '') return 'absent';
  if (typeof claim === 'boolean') return { value: claim };
  // Adding 0 makes -0 a 0, as JSON does.
  if (typeof claim === 'number') return Number.isFinite(claim) ? { value: claim + 0 } : wrongType('is not a finite number');
  if (typeof claim === 'string') return readText(claim, claimLimits.text);
  if (Array.isArray(claim)) return readList(claim);
  if (to === 'address' && typeof claim === 'object') return readParts(claim);
  return wrongType('is neither a text, a number, a boolean nor a list of texts');
}

function readText(text: string, longest: number): { readonly value: string } | { readonly fault: ValueFault } {
  if (text.length > longest) return tooLarge(`is longer than ${longest} characters`);
  if (!isWellFormed(text)) return { fault: { code: 'claim.malformed', message: 'has characters that are not valid Unicode text' } };
  return { value: text };
}

function readList(claim: readonly unknown[]): ReadValue {
  if (claim.length === 0) return 'absent';
  if (claim.length > claimLimits.entries) return tooLarge(`has more than ${claimLimits.entries} entries`);
  const list: string[] = [];
  for (const entry of claim) {
    if (typeof entry !== 'string') return wrongType('is a list with an entry that is not a text');
    const read = readText(entry, claimLimits.entryText);
    if ('fault' in read) return read;
    list.push(read.value);
  }
  return { value: list };
}

function readParts(claim: object): ReadValue {
  const entries = Object.entries(claim).filter(([, part]) => part !== null && part !== '');
  if (entries.length === 0) return 'absent';
  if (entries.length > claimLimits.entries) return tooLarge(`has more than ${claimLimits.entries} parts`);
  const parts: [string, string][] = [];
  for (const [name, part] of entries) {
    if (typeof part !== 'string' || !/^[A-Za-z]\w*$/.test(name)) return wrongType('has a part that is not a text under a plain name');
    if (name.length > claimLimits.partName) return tooLarge(`has a part with a name longer than ${claimLimits.partName} characters`);
    const read = readText(part, claimLimits.entryText);
    if ('fault' in read) return read;
    parts.push([name, read.value]);
  }
  return { value: Object.fromEntries(parts) };
}

/** Whether a text survives being stored: no half of a surrogate pair, which every database replaces, and no NUL. */
export const isWellFormed = (text: string): boolean => !/\p{Surrogate}|\0/u.test(text);

const wrongType = (message: string): { fault: ValueFault } => ({ fault: { code: 'claim.type', message } });
const tooLarge = (message: string): { fault: ValueFault } => ({ fault: { code: 'claim.tooLarge', message } });
