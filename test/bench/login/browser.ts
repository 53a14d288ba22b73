import { request as send, type Agent } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: string;
}

interface Cookie {
  readonly value: string;
  readonly path: string;
}

/** The least that a browser is: it keeps cookies by origin and path (RFC 6265 §5.4) and follows redirects when told to. */
export class Browser {
  private readonly cookies = new Map<string, Map<string, Cookie>>();

  constructor(private readonly agent: Agent) {}

  request(address: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}): Promise<Answer> {
    const url = new URL(address);
    const cookie = this.cookiesFor(url);
    return new Promise((resolve, reject) => {
      const request = send(
        url,
        {
          agent: this.agent,
          method: options.method ?? 'GET',
          headers: { ...options.headers, ...(cookie ? { cookie } : {}) },
          timeout: 30_000,
        },
        (response) => {
          let body = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (body += chunk));
          response.on('error', reject);
          response.on('end', () => {
            this.keep(url, response.headers['set-cookie'] ?? []);
            const location = response.headers.location;
            resolve({ status: response.statusCode ?? 0, location: location && new URL(location, url).href, body });
          });
        },
      );
      request.on('timeout', () => request.destroy(new Error(`no answer from ${address}`)));
      request.on('error', reject);
      request.end(options.body);
    });
  }

  private cookiesFor(url: URL): string {
    const jar = this.cookies.get(url.origin);
    if (!jar) return '';
    const sent = [...jar].filter(
      ([, { path }]) => url.pathname === path || url.pathname.startsWith(path.endsWith('/') ? path : `${path}/`),
    );
    return sent.map(([key, { value }]) => `${key.slice(0, key.indexOf(';'))}=${value}`).join('; ');
  }

  private keep(url: URL, headers: readonly string[]): void {
    const jar = this.cookies.get(url.origin) ?? new Map<string, Cookie>();
    this.cookies.set(url.origin, jar);
    for (const header of headers) {
      const [pair = '', ...attributes] = header.split(/; */);
      const name = pair.slice(0, pair.indexOf('='));
      const value = pair.slice(pair.indexOf('=') + 1);
      const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? '/';
      const gone =
        value === '' || attributes.some((attribute) => /^max-age=0$/i.test(attribute) || /^expires=Thu, 01 Jan 1970/i.test(attribute));
      if (gone) jar.delete(`${name};${path}`);
      else jar.set(`${name};${path}`, { value, path });
    }
  }
}
