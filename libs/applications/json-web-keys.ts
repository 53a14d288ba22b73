import { createPublicKey, type JsonWebKey } from 'node:crypto';

/** The members of a JWK that hold secret material (RFC 7518 §6). */
const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** Whether a value is a JWK Set of 1 to 20 public keys (RFC 7517 §5). */
export function isPublicKeySet(value: unknown): boolean {
  const keys: unknown = Reflect.get(Object(value) as object, 'keys');
  return Array.isArray(keys) && keys.length > 0 && keys.length <= 20 && keys.every(isPublicKey) && JSON.stringify(value).length <= 16_384;
}

function isPublicKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || secretMembers.some((member) => member in value)) return false;
  try {
    const jwk: JsonWebKey = { ...value };
    return createPublicKey({ key: jwk, format: 'jwk' }).type === 'public';
  } catch {
    return false;
  }
}
