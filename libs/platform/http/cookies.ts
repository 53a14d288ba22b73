import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../settings/settings.js';

/** RFC 6265 §4.1.1: what a value may consist of without quoting. */
const cookieValue = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/;
const cookieName = /^[\w.-]+$/;

/** A cookie for the browser, as {@link Cookies.header} sets it. */
export interface BrowserCookie {
  /** As {@link Cookies.name} gives it. */
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
  private readonly secure: boolean;

  constructor(@Inject(SETTINGS) settings: Pick<Settings, 'publicUrl'>) {
    this.secure = settings.publicUrl.startsWith('https:');
  }

  /** The name with its prefix (RFC 6265bis §4.1.3). @param path that the cookie is set for */
  name(name: string, path = '/'): string {
    if (!this.secure) return name;
    return `${path === '/' ? '__Host-' : '__Secure-'}${name}`;
  }

  /** The value of a `Set-Cookie` header (RFC 6265 §4.1). */
  header({ name, value, path, maxAge }: BrowserCookie): string {
    if (!cookieName.test(name) || !cookieValue.test(value) || /[;\s]/.test(path)) {
      throw new TypeError(`The cookie ${JSON.stringify(name)} has characters that no cookie may have`);
    }
    return `${name}=${value}; Path=${path}; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${this.secure ? '; Secure' : ''}`;
  }

  /** The value that a `Cookie` header has for a name. Undefined when it has several: on plain http somebody else may have set one of them. */
  read(header: string | undefined, name: string): string | undefined {
    const start = `${name}=`;
    const found = (header ?? '').split(';').flatMap((pair) => {
      const trimmed = pair.trim();
      return trimmed.startsWith(start) ? trimmed.slice(start.length) : [];
    });
    return found.length === 1 ? found[0] : undefined;
  }
}
