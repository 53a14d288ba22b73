import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { FoyerError } from '../errors/foyer-error.js';

const prefix = 'v1';
const ivBytes = 12;
const tagBytes = 16;

/**
 * Encrypts secrets at rest: AES-256-GCM under a key derived from `FOYER_SECRET_KEY`. A sealed value is `v1.{key id}.{iv, tag, ciphertext}`;
 * its purpose (such as `application.clientSecret`) is authenticated with it, so that a secret cannot be moved to another place.
 */
export class Vault {
  private readonly key: Buffer;
  /** Names the key in every sealed value: the first 8 hex digits of a hash of the derived key. */
  readonly keyId: string;

  /** @param secretKey 32 bytes */
  constructor(secretKey: Buffer) {
    this.key = Buffer.from(hkdfSync('sha256', secretKey, '', 'foyer/secrets-at-rest', 32));
    this.keyId = createHash('sha256').update(this.key).digest('hex').slice(0, 8);
  }

  seal(plain: string, purpose: string): string {
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv);
    cipher.setAAD(Buffer.from(purpose));
    const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return `${prefix}.${this.keyId}.${Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')}`;
  }

  /** @throws FoyerError `secret.unreadable` when the value was sealed with another key, for another purpose, or was changed */
  open(sealed: string, purpose: string): string {
    const [version, keyId, encoded] = sealed.split('.');
    if (version !== prefix || keyId !== this.keyId || encoded === undefined) {
      throw unreadable(`sealed with key ${keyId ?? '?'}, this process has ${this.keyId}`);
    }
    const bytes = Buffer.from(encoded, 'base64url');
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, ivBytes));
      decipher.setAAD(Buffer.from(purpose));
      decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
      return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw unreadable(cause);
    }
  }

  /** A key of its own for one use, such as signing cookies. */
  derive(use: string, bytes = 32): Buffer {
    return Buffer.from(hkdfSync('sha256', this.key, '', `foyer/${use}`, bytes));
  }
}

const unreadable = (cause: unknown): FoyerError =>
  new FoyerError('internal', 'secret.unreadable', 'A stored secret cannot be read with the configured FOYER_SECRET_KEY.', { cause });
