import { createHash, timingSafeEqual } from 'node:crypto';
import { Cookies, pooledRandomBytes, type BrowserCookie } from '@foyer/platform';
import type { Login } from './login.js';

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** Compares two texts in a time that does not tell where they differ. */
export function sameText(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.length === second.length && timingSafeEqual(first, second);
}

/**
 * Binds a login to the browser that started it: a cookie with a random value, one per login, so that two tabs do not collide. Only the hash of
 * the value is stored. The token of the login's forms is derived from the value, which no other site can read.
 */
export class BrowserBinding {
  private readonly cookies: Cookies;

  constructor(publicUrl: string) {
    this.cookies = new Cookies({ publicUrl });
  }

  /** A new cookie for a new login, and what the login stores of it. */
  issue(loginId: string, maxAge: number): { cookie: BrowserCookie; browser: string } {
    const value = pooledRandomBytes(24).toString('base64url');
    return { cookie: { name: this.cookieName(loginId), value, path: '/', maxAge }, browser: digest(value) };
  }

  /** Whether the request comes from the browser that started the login. */
  holds(login: Login, cookieHeader: string | undefined): boolean {
    const value = this.cookies.read(cookieHeader, this.cookieName(login.id));
    return value !== undefined && sameText(digest(value), login.browser);
  }

  /** What removes the login's cookie. */
  release(loginId: string): BrowserCookie {
    return { name: this.cookieName(loginId), value: '', path: '/', maxAge: 0 };
  }

  /** The token of the login's forms; undefined for a browser without the cookie. */
  formToken(loginId: string, cookieHeader: string | undefined): string | undefined {
    const value = this.cookies.read(cookieHeader, this.cookieName(loginId));
    return value === undefined ? undefined : digest(`form ${value}`);
  }

  private cookieName(loginId: string): string {
    return this.cookies.name(`foyer_login_${loginId.slice(-12)}`);
  }
}
