/** A user as far as the demo and its tests look at one (`GET /api/v1/users`). */
export interface AdminUser {
  readonly id: string;
  readonly username: string;
  readonly userStore: string;
  readonly links: readonly { readonly identityProvider: string; readonly subject: string; readonly active: boolean }[];
}

export interface AdminList {
  readonly items: readonly unknown[];
  readonly total: number;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

function isList(value: unknown): value is AdminList {
  return isRecord(value) && Array.isArray(value['items']) && typeof value['total'] === 'number';
}

export function isAdminUser(value: unknown): value is AdminUser {
  const texts = ['id', 'username', 'userStore'];
  return isRecord(value) && texts.every((name) => typeof value[name] === 'string') && Array.isArray(value['links']);
}

/** A job as far as the demo looks at one (`GET /api/v1/jobs`). */
export interface AdminJob {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly waitsFor: string | null;
  readonly userId: string;
  readonly worker: string | null;
  readonly code: string | null;
  readonly createdAt: string;
  readonly endedAt: string | null;
}

export function isAdminJob(value: unknown): value is AdminJob {
  return isRecord(value) && ['id', 'kind', 'status', 'userId', 'createdAt'].every((name) => typeof value[name] === 'string');
}

async function readJson(what: string, response: Response): Promise<unknown> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${what} answered ${response.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text);
}

/** Foyer's admin API, reached as a script does: client credentials of `foyer-admin`. */
export class AdminApi {
  private constructor(
    private readonly foyerUrl: string,
    private readonly token: string,
  ) {}

  /** Gets an access token (RFC 6749 §4.4). @throws Error with what the token endpoint said */
  static async authenticate(foyerUrl: string, clientSecret: string): Promise<AdminApi> {
    const answer = await readJson(
      'POST /oauth2/token',
      await fetch(`${foyerUrl}/oauth2/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`foyer-admin:${encodeURIComponent(clientSecret)}`).toString('base64')}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'admin' }),
      }),
    );
    if (!isRecord(answer) || typeof answer['access_token'] !== 'string')
      throw new Error('POST /oauth2/token answered without an access token');
    return new AdminApi(foyerUrl, answer['access_token']);
  }

  /** @param path below `/api/v1`. @throws Error with what the API said when that is no success */
  async get(path: string): Promise<unknown> {
    const response = await fetch(`${this.foyerUrl}/api/v1${path}`, { headers: { authorization: `Bearer ${this.token}` } });
    return readJson(`GET /api/v1${path}`, response);
  }

  /** @param path below `/api/v1` @param etag of what is changed, where that is wanted. @throws Error with what the API said when that is no success */
  async change(method: 'POST' | 'DELETE', path: string, body?: object, etag?: string): Promise<{ readonly etag: string }> {
    const headers = {
      authorization: `Bearer ${this.token}`,
      ...(body && { 'content-type': 'application/json' }),
      ...(etag && { 'if-match': etag }),
    };
    const response = await fetch(`${this.foyerUrl}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} /api/v1${path} answered ${response.status}: ${(await response.text()).slice(0, 500)}`);
    await response.body?.cancel();
    return { etag: response.headers.get('etag') ?? '' };
  }

  /** @param path of a list, with its query */
  async list(path: string): Promise<AdminList> {
    const answer = await this.get(path);
    if (!isList(answer)) throw new Error(`GET /api/v1${path} did not answer with a list: ${JSON.stringify(answer).slice(0, 500)}`);
    return answer;
  }
}
