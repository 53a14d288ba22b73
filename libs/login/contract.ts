import type { Attributes } from '@foyer/platform';

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
  /** BCP 47 tags, most wanted first. */
  readonly uiLocales: readonly string[];
}

/** A cookie for the browser; name prefix and `Secure` are set by the edge according to the public URL. */
export interface BrowserCookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  /** Seconds; 0 removes it. */
  readonly maxAge: number;
}

/** Where the browser goes next. */
export interface Hop {
  readonly redirectTo: string;
  readonly cookies: readonly BrowserCookie[];
}

/** Who logged in, how, and what may be told about them: the login's result, kept for as long as sessions and refresh tokens live. */
export interface Authentication {
  readonly loginId: string;
  /** What applications see as `sub`. */
  readonly subject: string;
  /** Whether `subject` is the id of a user, whose stored attributes, roles and status count; otherwise `attributes` are all there is. */
  readonly account: boolean;
  /** The identity provider, or undefined for a local login. */
  readonly identityProvider?: { readonly id: string; readonly name: string };
  /** The subject at the identity provider: released as `external_sub`, if asked for. */
  readonly externalSubject?: string;
  readonly attributes: Attributes;
  /** Seconds since the epoch. */
  readonly authTime: number;
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
  fail(correlation: string, failure: LoginFailure): Promise<string>;
}

/** Nest token of the `LoginAnswerer`s, an array provided by the composition root. */
export const LOGIN_ANSWERERS = Symbol('LoginAnswerers');
