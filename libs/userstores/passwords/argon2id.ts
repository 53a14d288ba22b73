import { hash, verify } from '@node-rs/argon2';

/** Argon2id (the library's default) with the OWASP Password Storage Cheat Sheet's parameters: 19 MiB, two passes, one lane. Off the main thread. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 };

/** A hash that no password has, and that costs as much to check as a real one. */
const dummyHash = `$argon2id$v=19$m=${parameters.memoryCost},t=${parameters.timeCost},p=${parameters.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/** NFC, as RFC 8265 §4.2 has it, so that one password typed on two keyboards is one. */
const prepared = (password: string): string => password.normalize('NFC');

/** @returns the hash in PHC form, with its salt and parameters */
export const hashPassword = (password: string): Promise<string> => hash(prepared(password), parameters);

/** Takes as long for an account without a password, or for none at all (`undefined`), as for one with a password. */
export async function verifyPassword(passwordHash: string | undefined, password: string): Promise<boolean> {
  const matches = await verify(passwordHash ?? dummyHash, prepared(password));
  return matches && passwordHash !== undefined;
}
