import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../settings/settings.js';

/** RFC 6265 §4.1.1: what a value may consist of without quoting. */
const cookieValue = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/;
const cookieName = /^[\w.-]+$/;

export interface CookieToSet {
  /** Without prefix. */
  readonly name: string;
  /** Characters of base64url and the like. */
  readonly value: string;
  readonly path: string;
  /** Seconds; 0 removes it. */
  readonly maxAge: number;
}

/**
 * Cookies as all of Foyer sets them: HttpOnly, SameSite=Lax, and on https Secure with a name that no other host or plain http can set: `__Host-`
 * where the path is `/`, `__Secure-` otherwise.
 */
@Injectable()
export class Cookies {
  readonly secure: boolean;

  constructor(@Inject(SETTINGS) settings: Pick<Settings, 'publicUrl'>) {
    this.secure = settings.publicUrl.startsWith('https:');
  }

  /** The name with its prefix. */
  name(name: string, path = '/'): string {
    if (!this.secure) return name;
    return `${path === '/' ? '__Host-' : '__Secure-'}${name}`;
  }

  /** The value of a `Set-Cookie` header. */
  header(cookie: CookieToSet): string {
    if (!cookieName.test(cookie.name) || !cookieValue.test(cookie.value) || /[;\s]/.test(cookie.path)) {
      throw new TypeError(`The cookie ${JSON.stringify(cookie.name)} has characters that no cookie may have`);
    }
    const attributes = `Path=${cookie.path}; Max-Age=${cookie.maxAge}; HttpOnly; SameSite=Lax${this.secure ? '; Secure' : ''}`;
    return `${this.name(cookie.name, cookie.path)}=${cookie.value}; ${attributes}`;
  }

  /** The value that a `Cookie` header has for a name without prefix; of several the first. */
  read(header: string | undefined, name: string, path = '/'): string | undefined {
    if (header === undefined) return undefined;
    const wanted = `${this.name(name, path)}=`;
    for (const pair of header.split(';')) {
      const trimmed = pair.trim();
      if (trimmed.startsWith(wanted)) return trimmed.slice(wanted.length);
    }
    return undefined;
  }
}
