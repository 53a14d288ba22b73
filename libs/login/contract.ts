import type { Attributes, BrowserCookie } from '@foyer/platform';

/** What an application would learn by a request, for those that ask the person first or insist on something. */
export interface ReleaseRequest {
  /** Local names: attributes, and others of `Facts`; `offline_access` when it may go on asking while the person is away. */
  readonly claims: readonly string[];
  /** The person is asked even if they agreed before (`prompt=consent`). */
  readonly askAgain: boolean;
}

/** An application's request for a login, as its protocol understood it. */
export interface LoginRequest {
  /** Which protocol gets the answer. */
  readonly protocol: 'oidc';
  /** The protocol's own handle of the request, given back with the answer (the interaction of `oidc-provider`). */
  readonly correlation: string;
  /** The application's name. */
  readonly application: string;
  readonly forward: { readonly prompt?: string; readonly acrValues?: string; readonly loginHint?: string; readonly maxAge?: number };
  /** The person has to be recognised anew (`prompt=login`, `max_age`), and the answer has to prove it: not before this time in seconds. */
  readonly authenticatedSince?: number;
  readonly identityProviderHint?: string;
  /** Absent when nothing has to be asked before the application learns what it may. */
  readonly release?: ReleaseRequest;
  /** BCP 47 tags, most wanted first. */
  readonly uiLocales: readonly string[];
  /** Where the browser's request came from, for the log of logins. */
  readonly address?: string;
  /** W3C Trace Context that the request came with, as it was. */
  readonly traceparent?: string;
}

/** Where the browser goes next. */
export interface Hop {
  readonly redirectTo: string;
  readonly cookies: readonly BrowserCookie[];
}

/** What an identity provider said about somebody in one login, mapped to local names: nothing of it was looked up. */
export interface ExternalClaims {
  /** With `emailVerified` beside `email`: whether the provider verified it inside its trusted domains. */
  readonly attributes: Attributes;
  readonly roles: readonly string[];
  readonly groups: readonly string[];
}

/** Who logged in, how, and what may be told about them: the login's result, kept for as long as sessions and refresh tokens live. */
export interface Authentication {
  readonly loginId: string;
  /** What applications see as `sub`. */
  readonly subject: string;
  /** Whether `subject` is the id of a user, whose stored attributes, roles and status count; otherwise `attributes` are all there is. */
  readonly account: boolean;
  /** A job was to write to the account when the person logged in: until it has, what the identity provider said counts. */
  readonly deferred?: true;
  /** The identity provider, or undefined for a local login. */
  readonly identityProvider?: { readonly id: string; readonly name: string };
  /** The subject at the identity provider: released as `external_sub`, if asked for. */
  readonly externalSubject?: string;
  readonly attributes: Attributes;
  /**
   * For applications with `assertIdentity: external`, with an account or without one; absent for a local login. Whoever fills it keeps it below
   * 60,000 bytes as JSON: it is read at every use of a token.
   */
  readonly external?: ExternalClaims;
  /** What the person typed because an application must have it, and did not want kept: by the application's id, for nobody else. */
  readonly typed?: Readonly<Record<string, Attributes>>;
  /** Seconds since the epoch: the external one when the identity provider says it, otherwise the time of its answer. */
  readonly authTime: number;
  /** Whether `authTime` is proven, so that it may satisfy a `max_age`: by the identity provider's own word, or by a password typed here. */
  readonly authTimeProven: boolean;
  /** As the identity provider's mappings say, or as Foyer says of a local login. */
  readonly acr?: string;
  readonly amr?: readonly string[];
}

/** How a login ends without success, in terms that every protocol can express. */
export interface LoginFailure {
  readonly loginId: string;
  readonly error: 'access_denied' | 'server_error' | 'temporarily_unavailable' | 'login_required' | 'interaction_required';
  readonly description: string;
}

/** Implemented by each protocol towards applications: gives the login's answer. Returns where the browser goes. */
export interface LoginAnswerer {
  readonly protocol: LoginRequest['protocol'];
  succeed(correlation: string, authentication: Authentication): Promise<string>;
  /**
   * The person who is signed in already was asked what the application may learn, and agreed: their session goes on as it is, if it still does.
   * @param loginId the login that opened the session
   */
  release(correlation: string, loginId: string): Promise<string>;
  fail(correlation: string, failure: LoginFailure): Promise<string>;
}

/** Nest token of the `LoginAnswerer`s, an array provided by the composition root. */
export const LOGIN_ANSWERERS = Symbol('LoginAnswerers');

/** A person's session at Foyer in one browser, as the protocol that keeps it knows it. */
export interface BrowserSession {
  /** Names the session to `end`. It is shown on `/account`, so it must not be the value of the session's cookie. */
  readonly sessionId: string;
  /** The login that opened it: the id of its {@link Authentication}. */
  readonly loginId: string;
  readonly subject: string;
}

export interface OpenBrowserSession extends BrowserSession {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Names of the applications that were opened with it. */
  readonly applications: readonly string[];
}

/** Foyer's own sessions, for `/account`. Implemented by the protocol that owns the session's cookie. */
export interface BrowserSessions {
  /** The living session of the browser that sent this `Cookie` header. */
  current(cookieHeader: string | undefined): Promise<BrowserSession | undefined>;
  /** Every living session of the person, newest first, at most 100. */
  listOf(subject: string): Promise<readonly OpenBrowserSession[]>;
  /** Ends a session in every application that it opened: what its grants and tokens gave is gone. */
  end(sessionId: string): Promise<void>;
  /**
   * Where to send a browser that has no session, so that it has one when it comes back to {@link accountCallbackPath}: an authorize request of
   * the reserved public client {@link ACCOUNT_APPLICATION}. The code that comes back is never redeemed: the session is all that is wanted.
   */
  startAccountLogin(wanted?: AccountLogin): string;
}

/** How somebody comes to `/account`. */
export interface AccountLogin {
  /** They log in even if they have a session (`prompt=login`), and the answer has to prove it. */
  readonly anew?: boolean;
  /** Comes back with them, unless somebody else made it up: what is done with it must be harmless. */
  readonly state?: string;
}

/** Nest token of {@link BrowserSessions}. */
export const BROWSER_SESSIONS = Symbol('BrowserSessions');

/** The reserved application behind `/account`: every enabled identity provider may open it, and so may a local login. */
export const ACCOUNT_APPLICATION = 'foyer-account';

/** The reserved application of the admin console: opened by a local login alone, because administrators are accounts of Foyer's own stores. */
export const CONSOLE_APPLICATION = 'foyer-console';

/** The redirect URI of {@link ACCOUNT_APPLICATION}, below the public URL. */
export const accountCallbackPath = '/account/callback';
