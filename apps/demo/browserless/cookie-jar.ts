interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly host: string;
  readonly path: string;
  readonly secure: boolean;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** The default path of a cookie (RFC 6265 §5.1.4). */
function defaultPath({ pathname }: URL): string {
  const end = pathname.lastIndexOf('/');
  return end <= 0 ? '/' : pathname.slice(0, end);
}

/** RFC 6265 §5.1.4. */
function pathMatches(requested: string, path: string): boolean {
  return requested === path || (requested.startsWith(path) && (path.endsWith('/') || requested[path.length] === '/'));
}

function parse(header: string, from: URL): Cookie | undefined {
  const [pair = '', ...attributes] = header.split(';').map((part) => part.trim());
  const separator = pair.indexOf('=');
  if (separator < 1) return undefined;
  const attribute = new Map(
    attributes.map((part) => {
      const [name = '', ...value] = part.split('=');
      return [name.toLowerCase(), value.join('=')];
    }),
  );
  const maxAge = attribute.get('max-age');
  const expires = attribute.get('expires');
  const path = attribute.get('path');
  return {
    name: pair.slice(0, separator),
    value: pair.slice(separator + 1),
    host: from.hostname,
    path: path?.startsWith('/') ? path : defaultPath(from),
    secure: attribute.has('secure'),
    expiresAt: maxAge !== undefined ? Date.now() + Number(maxAge) * 1000 : expires !== undefined ? Date.parse(expires) : Infinity,
  };
}

/**
 * The cookies of one browser, kept as browsers do (RFC 6265): by host and path, and not by port, so that what listens on several ports of
 * `localhost` shares them. `Domain` and `SameSite` are not looked at: a cookie goes to the host that set it.
 */
export class CookieJar {
  private readonly cookies = new Map<string, Cookie>();

  /** Takes what a response from `url` sets. */
  take(url: URL, response: Response): void {
    for (const header of response.headers.getSetCookie()) {
      const cookie = parse(header, url);
      if (!cookie) continue;
      const key = `${cookie.host} ${cookie.path} ${cookie.name}`;
      if (cookie.expiresAt <= Date.now()) this.cookies.delete(key);
      else this.cookies.set(key, cookie);
    }
  }

  /** The `Cookie` header for a request to `url`, longer paths first; undefined when there is none. */
  header(url: URL): string | undefined {
    const pairs = this.sentTo(url)
      .toSorted((a, b) => b.path.length - a.path.length)
      .map(({ name, value }) => `${name}=${value}`);
    return pairs.length > 0 ? pairs.join('; ') : undefined;
  }

  /** The value that `url` would get under `name`. */
  get(url: string | URL, name: string): string | undefined {
    return this.sentTo(new URL(url)).find((cookie) => cookie.name === name)?.value;
  }

  /** The names of all cookies that `url` would get. */
  names(url: string | URL): string[] {
    return this.sentTo(new URL(url)).map(({ name }) => name);
  }

  /** Puts a cookie as if `url` had set it, for tests that tamper with one. */
  set(url: string | URL, name: string, value: string, path = '/'): void {
    const { hostname: host } = new URL(url);
    this.cookies.set(`${host} ${path} ${name}`, { name, value, host, path, secure: false, expiresAt: Infinity });
  }

  private sentTo(url: URL): Cookie[] {
    const trustworthy = url.protocol === 'https:' || url.hostname === 'localhost';
    return [...this.cookies.values()].filter(
      ({ host, path, secure, expiresAt }) =>
        host === url.hostname && pathMatches(url.pathname, path) && (trustworthy || !secure) && expiresAt > Date.now(),
    );
  }
}
