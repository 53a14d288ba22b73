import type { BrowserCookie } from '@foyer/login';

/** Names and attributes of the cookies, according to the public URL (RFC 6265bis §4.1.3). */
export class OidcCookies {
  private readonly secure: boolean;
  readonly session: string;
  /** Bound to the path of the one authorization request that it belongs to. */
  readonly resume: string;

  constructor(publicUrl: string) {
    this.secure = publicUrl.startsWith('https:');
    this.session = this.secure ? '__Host-foyer_session' : 'foyer_session';
    this.resume = this.secure ? '__Secure-foyer_resume' : 'foyer_resume';
  }

  /** The value of a `Set-Cookie` header (RFC 6265 §4.1). */
  header({ name, value, path, maxAge }: BrowserCookie): string {
    return `${name}=${value}; Path=${path}; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${this.secure ? '; Secure' : ''}`;
  }
}
