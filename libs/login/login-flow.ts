import { setTimeout } from 'node:timers/promises';
import { FoyerError, newId, type BrowserCookie, type Clock } from '@foyer/platform';
import { answererOf } from './answerers.js';
import { sameText, type BrowserBinding } from './browser-binding.js';
import type { Authentication, BrowserSessions, Hop, LoginAnswerer, LoginRequest } from './contract.js';
import { leaseMs, type Dispatcher } from './dispatcher.js';
import { isRecognised, isSignedIn, type Choice, type Login } from './login.js';
import { isLoginId, type LoginStore, type StoredLogin } from './login-store.js';
import { LoginRefused, refuse } from './refusal.js';
import type { LoginInput, Turn } from './step.js';

/** How often, and after how many milliseconds each, a request asks whether the other one of its login is done. */
const mostWaits = 50;
const waitMs = 100;

/** What is still known of logins that are not in the short-lived state any more. */
export interface PastLogins {
  find(id: string): Promise<{ readonly application: string; readonly outcome: string } | undefined>;
}

/** What a request to a login leads to. */
export interface Outcome {
  readonly login: Login;
  readonly turn: Turn;
  readonly cookies: readonly BrowserCookie[];
}

export interface LoginFlowParts {
  readonly dispatcher: Dispatcher;
  readonly store: LoginStore;
  readonly past: PastLogins;
  readonly binding: BrowserBinding;
  readonly answerers: readonly LoginAnswerer[];
  readonly sessions: Pick<BrowserSessions, 'current'>;
  readonly clock: Clock;
  readonly publicUrl: string;
  /** Seconds. */
  readonly lifetime: number;
}

/**
 * The doors of a login: each finds the stored login, makes sure that the request is its own (browser, form, state), and lets the dispatcher do
 * what is due. A request that is refused (`LoginRefused`) changes nothing.
 */
export class LoginFlow {
  constructor(private readonly parts: LoginFlowParts) {}

  /**
   * Begins a login for an application's request. With one possible identity provider the browser goes there at once, without a page.
   * A failure is kept with the login and leads to its page, so that the person learns of it and finds back to the application.
   * @param signedIn the person whose session opens another application: they are only asked what it may learn
   */
  async begin(request: LoginRequest, signedIn?: Authentication): Promise<Hop> {
    const { dispatcher, binding, clock, lifetime, publicUrl } = this.parts;
    const id = newId();
    const startedAt = clock.now();
    const { cookie, browser } = binding.issue(id, lifetime);
    const login: Login = { id, request, startedAt, expiresAt: startedAt + lifetime * 1000, browser, ...knownFrom(signedIn) };
    const { turn } = await dispatcher.advance({ login, version: 0 }, { kind: 'nothing' });
    const page = turn.kind === 'problem' ? `${publicUrl}/login/${id}/error` : `${publicUrl}/login/${id}`;
    return { redirectTo: turn.kind === 'redirect' ? turn.to : page, cookies: [cookie] };
  }

  /** The login's page is opened, or opened again: by the back button, a reload, or after a restart. Does what is due. */
  async open(id: string, cookies: string | undefined): Promise<Outcome> {
    const stored = await this.ownLogin(id, cookies);
    await this.checkSession(stored.login, cookies);
    return this.goOn(stored, { kind: 'nothing' });
  }

  /** A form of the login's page is sent. Sent twice, it takes effect once, and both lead on. */
  async submit(id: string, cookies: string | undefined, formToken: string, input: LoginInput): Promise<Outcome> {
    const stored = await this.ownForm(id, cookies, formToken);
    await this.checkSession(stored.login, cookies);
    return this.goOn(stored, input);
  }

  /**
   * An identity provider sent the person back (RFC 6749 §4.1.2). Of many requests with one state exactly one goes on; only a login that a
   * restart interrupted is taken up again.
   */
  async answer(provider: string, parameters: Readonly<Record<string, string>>, cookies: string | undefined): Promise<Outcome> {
    const { store, clock, binding } = this.parts;
    const state = parameters['state'] ?? '';
    const stored = await this.find(state.split('.')[0] ?? '');
    const { login, version } = stored;
    const own = binding.holds(login, cookies);
    if (!login.departure || !sameText(state, login.departure.state))
      throw own ? refuse('login.stale', login) : new LoginRefused('login.otherBrowser');
    if (login.ending) throw refuse('login.repeated', login);
    if (!own) throw refuse('login.otherBrowser', login);
    if (login.choice?.kind !== 'external' || login.choice.identityProvider.name !== provider) throw refuse('login.otherProvider', login);
    if (login.departure.used) {
      if (!isRecognised(login) || this.isBusy(login)) throw refuse('login.repeated', login);
      return this.resume(stored, { kind: 'nothing' });
    }
    // Claimed before the answer is looked at: whatever it is, it is the only one.
    const busyUntil = clock.now() + leaseMs;
    const claimed = await store.save({ ...login, departure: { state, used: true }, busyUntil }, version);
    if (claimed === undefined) throw refuse('login.repeated', login);
    return this.advance({ login: { ...login, busyUntil }, version: claimed }, { kind: 'answer', parameters });
  }

  /** The person goes back to the application: with the error of a failed login, by giving up one that is not over, or with its answer. */
  async goBack(id: string, cookies: string | undefined, formToken: string): Promise<Outcome> {
    const stored = await this.ownForm(id, cookies, formToken);
    if (this.isBusy(stored.login)) throw refuse('login.running', stored.login);
    const given = new FoyerError('forbidden', 'login.cancelled', 'The person went back to the application.');
    const login = stored.login.ending ? stored.login : (await this.parts.dispatcher.abandon(stored, given)).login;
    const { ending, request } = login;
    if (!ending || ending.outcome === 'answered') return this.ended(login);
    const failure = { loginId: id, error: ending.error, description: ending.message };
    const answerer = answererOf(this.parts.answerers, request.protocol);
    const to = await answerer.fail(request.correlation, failure).catch((error: unknown) => {
      if (!(error instanceof FoyerError) || error.kind !== 'invalid') throw error;
      // The application's own request is over: only the way to the application itself is left.
      throw new LoginRefused('login.expired', { loginId: id, application: request.application });
    });
    return { login, turn: { kind: 'redirect', to }, cookies: [this.parts.binding.release(id)] };
  }

  /**
   * Does what is due, after the other requests of the login: a form that is sent twice takes effect once, and a page that is opened in two tabs
   * is shown in both. As long as nobody is recognised, there is nothing to wait for.
   */
  private async goOn(from: StoredLogin, input: LoginInput): Promise<Outcome> {
    let stored = from;
    for (let waits = 0; ; waits += 1) {
      try {
        return await this.proceed(stored, input);
      } catch (error) {
        if (!(error instanceof LoginRefused) || waits === mostWaits) throw error;
        await setTimeout(waitMs);
        stored = await this.find(from.login.id);
        const { login } = stored;
        if (!login.ending && !isRecognised(login) && !this.isBusy(login)) throw error;
      }
    }
  }

  private async proceed(stored: StoredLogin, input: LoginInput): Promise<Outcome> {
    const { login, version } = stored;
    if (login.ending) return this.ended(login);
    if (this.isBusy(login)) throw refuse('login.running', login);
    if (isRecognised(login)) return this.resume(stored, input);
    // Nobody is recognised yet, so the person may choose again; an earlier departure counts until they do.
    return this.advance({ login: { ...login, choice: undefined }, version }, input);
  }

  /** Goes on with somebody who is recognised, after a question to them or a restart, as the only request that does. */
  private async resume({ login, version }: StoredLogin, input: LoginInput): Promise<Outcome> {
    const mine = { ...login, busyUntil: this.parts.clock.now() + leaseMs };
    const claimed = await this.parts.store.save(mine, version);
    if (claimed === undefined) throw refuse('login.repeated', login);
    return this.advance({ login: mine, version: claimed }, input);
  }

  private async advance(stored: StoredLogin, input: LoginInput): Promise<Outcome> {
    const { login, turn } = await this.parts.dispatcher.advance(stored, input);
    return { login, turn, cookies: login.ending?.outcome === 'answered' ? [this.parts.binding.release(login.id)] : [] };
  }

  /** What a login that is over leads the browser to that started it: a browser that still has the cookie has not had the answer yet. */
  private ended(login: Login): Outcome {
    const { ending } = login;
    if (ending?.outcome !== 'answered') return { login, turn: { kind: 'problem' }, cookies: [] };
    return { login, turn: { kind: 'redirect', to: ending.redirectTo }, cookies: [this.parts.binding.release(login.id)] };
  }

  /** Whoever signed out in the meantime, or is somebody else now, neither sees nor decides what an application learns of the person who was here. */
  private async checkSession(login: Login, cookies: string | undefined): Promise<void> {
    if (login.ending || !isSignedIn(login)) return;
    const session = await this.parts.sessions.current(cookies);
    if (session?.loginId !== login.authentication?.loginId) throw refuse('login.signedOut', login);
  }

  private async ownForm(id: string, cookies: string | undefined, formToken: string): Promise<StoredLogin> {
    const stored = await this.ownLogin(id, cookies);
    if (!sameText(this.parts.binding.formToken(id, cookies) ?? '', formToken)) throw refuse('login.csrf', stored.login);
    return stored;
  }

  private async ownLogin(id: string, cookies: string | undefined): Promise<StoredLogin> {
    const stored = await this.find(id);
    if (this.parts.binding.holds(stored.login, cookies)) return stored;
    throw refuse(stored.login.ending ? 'login.repeated' : 'login.otherBrowser', stored.login);
  }

  private async find(id: string): Promise<StoredLogin> {
    const stored = await this.parts.store.find(id);
    if (stored && stored.login.expiresAt > this.parts.clock.now()) return stored;
    if (stored && !stored.login.ending) throw refuse('login.expired', stored.login);
    const past = isLoginId(id) ? await this.parts.past.find(id) : undefined;
    const about = past && { loginId: id, application: past.application };
    throw new LoginRefused(past && past.outcome !== 'expired' ? 'login.repeated' : 'login.expired', about);
  }

  private isBusy(login: Login): boolean {
    return (login.busyUntil ?? 0) > this.parts.clock.now();
  }
}

/** What a login begins with whose person is signed in: the way in which they came counts for the look of its page and the log. */
function knownFrom(signedIn: Authentication | undefined): Pick<Login, 'authentication' | 'choice'> {
  if (!signedIn) return {};
  const { identityProvider } = signedIn;
  const choice: Choice = identityProvider ? { kind: 'external', identityProvider } : { kind: 'local' };
  return { authentication: signedIn, choice };
}
