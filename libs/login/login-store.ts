import type { ShortLivedState } from '@foyer/platform';
import type { Login } from './login.js';

/** The kind of logins in the short-lived state. */
export const loginKind = 'login';

/**
 * Milliseconds for which a login that took too long is still known: its page says so, and leads back to the application. Afterwards the log of logins
 * knows it.
 */
const lateMs = 5 * 60_000;

/** A login and the version under which it was read: what compare-and-set compares. 0: not stored yet. */
export interface StoredLogin {
  readonly login: Login;
  readonly version: number;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text from an address can be the id of a login. */
export const isLoginId = (text: string): boolean => uuid.test(text);

/** Logins between two requests. */
export class LoginStore {
  constructor(private readonly state: ShortLivedState) {}

  /** Also one that took too long, for a while. */
  async find(id: string): Promise<StoredLogin | undefined> {
    const entry = isLoginId(id) ? await this.state.get(loginKind, id) : undefined;
    const login = entry && asLogin(entry.value);
    return login && { login, version: entry.version };
  }

  /** Writes the login over the version that was read, or for the first time. Returns the new version, or undefined when somebody was faster. */
  async save(login: Login, version: number): Promise<number | undefined> {
    const write = { value: login, expiresAt: login.expiresAt + lateMs };
    const written =
      version === 0 ? await this.state.create(loginKind, login.id, write) : await this.state.replace(loginKind, login.id, version, write);
    return written ? version + 1 : undefined;
  }
}

/**
 * The value of an entry of {@link loginKind}. Only this lib writes them: undefined for what a version wrote that runs beside this one during an upgrade
 * and has another idea of a login. That is as if there were none, and the person starts again.
 */
export const asLogin = (value: unknown): Login | undefined => (isLogin(value) ? value : undefined);

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);

function isLogin(value: unknown): value is Login {
  if (!isObject(value) || !('id' in value && 'request' in value && 'browser' in value && 'startedAt' in value && 'expiresAt' in value))
    return false;
  const { id, request, browser, startedAt, expiresAt } = value;
  const isWhole = typeof id === 'string' && typeof browser === 'string' && typeof startedAt === 'number' && typeof expiresAt === 'number';
  return isWhole && isObject(request) && 'protocol' in request && 'application' in request;
}
