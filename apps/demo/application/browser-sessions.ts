import { randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import type { LoggedIn, PendingLogin } from './relying-party.js';

/** What the application remembers of one browser. */
export interface BrowserSession {
  /** By state: several tabs may be logging in. */
  readonly pending: Map<string, PendingLogin>;
  person?: LoggedIn;
}

const maxPending = 20;
const maxSessions = 10_000;

/** Browser sessions in memory, found by a cookie; the oldest go when there are too many. */
export class BrowserSessions {
  private readonly sessions = new Map<string, BrowserSession>();

  /** @param cookie its name, unlike that of any other port of this host: browsers send cookies to all of them */
  constructor(
    private readonly cookie: string,
    private readonly secure: boolean,
  ) {}

  find(request: Request): BrowserSession | undefined {
    const pair = request.headers.cookie?.split('; ').find((candidate) => candidate.startsWith(`${this.cookie}=`));
    return pair === undefined ? undefined : this.sessions.get(pair.slice(this.cookie.length + 1));
  }

  /** Keeps what a login needs when it comes back, in the browser's session or a new one. */
  await(request: Request, response: Response, login: PendingLogin): void {
    const session = this.find(request) ?? this.create(response, { pending: new Map() });
    session.pending.set(login.state, login);
    dropOldest(session.pending, maxPending);
  }

  /** A login takes effect under a new id, so that nobody can prepare a session for somebody else. */
  logIn(request: Request, response: Response, person: LoggedIn): void {
    const previous = this.find(request);
    this.forget(previous);
    this.create(response, { pending: previous?.pending ?? new Map<string, PendingLogin>(), person });
  }

  end(request: Request, response: Response): void {
    this.forget(this.find(request));
    response.clearCookie(this.cookie);
  }

  private forget(session: BrowserSession | undefined): void {
    for (const [id, candidate] of this.sessions) if (candidate === session) this.sessions.delete(id);
  }

  private create(response: Response, session: BrowserSession): BrowserSession {
    const id = randomBytes(24).toString('base64url');
    this.sessions.set(id, session);
    dropOldest(this.sessions, maxSessions);
    response.cookie(this.cookie, id, { httpOnly: true, sameSite: 'lax', secure: this.secure, path: '/' });
    return session;
  }
}

function dropOldest(map: Map<string, unknown>, max: number): void {
  for (const key of map.keys()) {
    if (map.size <= max) return;
    map.delete(key);
  }
}
