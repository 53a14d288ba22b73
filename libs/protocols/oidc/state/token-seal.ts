import { createCipheriv, createDecipheriv } from 'node:crypto';
import { pooledRandomBytes } from '@foyer/platform';

const ivBytes = 12;
const tagBytes = 16;

/**
 * Puts the content of a token into the token itself, encrypted and authenticated (AES-256-GCM), so that nothing has to be stored for it. Only
 * Foyer reads it; to everybody else it is an opaque text.
 */
export class TokenSeal {
  /** @param key 32 bytes */
  constructor(private readonly key: Buffer) {}

  /** @param purpose what the token is; a token of one purpose does not open as one of another */
  seal(content: object, purpose: string): string {
    const iv = pooledRandomBytes(ivBytes);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv);
    cipher.setAAD(Buffer.from(purpose));
    const body = Buffer.concat([cipher.update(JSON.stringify(content), 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url');
  }

  /** @returns undefined for anything that was not sealed here for this purpose */
  open(token: string, purpose: string): unknown {
    const bytes = Buffer.from(token, 'base64url');
    if (bytes.length <= ivBytes + tagBytes) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, ivBytes));
    decipher.setAAD(Buffer.from(purpose));
    decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
    const body = decipher.update(bytes.subarray(ivBytes + tagBytes));
    try {
      return JSON.parse(Buffer.concat([body, decipher.final()]).toString('utf8'));
    } catch {
      return undefined;
    }
  }
}
