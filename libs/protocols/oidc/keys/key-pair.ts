import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { calculateJwkThumbprint } from 'jose';

/** The algorithms that Foyer signs with, the default of ID tokens first. */
export const signingAlgorithms = ['RS256', 'ES256', 'EdDSA'] as const;
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

export const isSigningAlgorithm = (alg: string): alg is SigningAlgorithm => signingAlgorithms.some((known) => known === alg);

/** A public key (RFC 7517), without anything private. */
export type PublicJwk = Readonly<Record<string, string>>;

export interface KeyPair {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly publicKey: PublicJwk;
  readonly privateKey: KeyObject;
}

const generate: Readonly<Record<SigningAlgorithm, () => Promise<{ publicKey: KeyObject; privateKey: KeyObject }>>> = {
  RS256: () => promisify(generateKeyPair)('rsa', { modulusLength: 2048 }),
  ES256: () => promisify(generateKeyPair)('ec', { namedCurve: 'P-256' }),
  EdDSA: () => promisify(generateKeyPair)('ed25519'),
};

/** Makes a new key; off the main thread. */
export async function newKeyPair(alg: SigningAlgorithm): Promise<KeyPair> {
  const { publicKey, privateKey } = await generate[alg]();
  const jwk = publicJwk(publicKey);
  return { kid: await calculateJwkThumbprint(jwk), alg, publicKey: jwk, privateKey };
}

function publicJwk(key: KeyObject): PublicJwk {
  const members = Object.entries(key.export({ format: 'jwk' }));
  return Object.fromEntries(members.filter((member): member is [string, string] => typeof member[1] === 'string'));
}
