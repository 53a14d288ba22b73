/** An answer of the admin API. */
export interface AdminAnswer {
  readonly status: number;
  readonly etag: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

/** @throws Error when it is something else than a JSON object */
export function parseObject(text: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text);
  if (!isObject(value)) throw new Error(`No object: ${text}`);
  return value;
}

/** The JSON object of an answer; an empty one when there is no body. */
export async function jsonObject(response: Response): Promise<Readonly<Record<string, unknown>>> {
  return parseObject((await response.text()) || '{}');
}

/** The admin API at `/api/v1`, with one access token. */
export class AdminClient {
  constructor(
    private readonly foyerUrl: string,
    private readonly token: string,
  ) {}

  /** As a script gets in (RFC 6749 §4.4). */
  static async byClientCredentials(foyerUrl: string, secret: string, scope: string): Promise<AdminClient> {
    const authorization = `Basic ${Buffer.from(`foyer-admin:${secret}`).toString('base64')}`;
    const body = new URLSearchParams({ grant_type: 'client_credentials', scope });
    const response = await fetch(`${foyerUrl}/oauth2/token`, { method: 'POST', headers: { authorization }, body });
    const answer = await jsonObject(response);
    if (typeof answer['access_token'] !== 'string') throw new Error(`No access token: ${JSON.stringify(answer)}`);
    return new AdminClient(foyerUrl, answer['access_token']);
  }

  /** The header that lets a request in. */
  get authorization(): string {
    return `Bearer ${this.token}`;
  }

  async request(method: string, path: string, body?: object, etag?: string | null): Promise<AdminAnswer> {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const headers = {
      authorization: this.authorization,
      ...(body && { 'content-type': type }),
      ...(etag && { 'if-match': etag }),
    };
    const response = await fetch(`${this.foyerUrl}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
    return { status: response.status, etag: response.headers.get('etag'), body: await jsonObject(response) };
  }

  async get(path: string): Promise<AdminAnswer['body']> {
    const { status, body } = await this.request('GET', path);
    if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${JSON.stringify(body)}`);
    return body;
  }

  /** The items on the first page of a list. */
  async list(path: string): Promise<AdminAnswer['body'][]> {
    const { items } = await this.get(path);
    return Array.isArray(items) ? items.filter(isObject) : [];
  }

  /** Reads an object and changes it as it was read. */
  async patch(path: string, change: object): Promise<AdminAnswer> {
    const { etag } = await this.request('GET', path);
    return this.request('PATCH', path, change, etag);
  }
}
