import type { ExternalIdentity } from '@foyer/federation';
import type { ErrorKind } from '@foyer/platform';
import type { Authentication, LoginFailure, LoginRequest } from './contract.js';

/** The name of a row in the table of steps (`flow.ts`). */
export type StepName =
  'choose-provider' | 'authenticate-externally' | 'authenticate-locally' | 'provision' | 'release' | 'open-session' | 'answer';

export type Choice =
  { readonly kind: 'external'; readonly identityProvider: { readonly id: string; readonly name: string } } | { readonly kind: 'local' };

/** The person is on the way to an identity provider, or has come back from it. */
export interface Departure {
  /** What the answer is found by, and proves that it answers this departure: the login's id and a random part. */
  readonly state: string;
  /** The connector's own; dropped when it has been used. */
  readonly exchange?: Readonly<Record<string, string | number>>;
  /** An answer came: there is no second one. */
  readonly used: boolean;
}

/** How a login ended. */
export type Ending =
  | { readonly outcome: 'answered'; readonly at: number; readonly redirectTo: string }
  | {
      readonly outcome: 'denied' | 'failed';
      readonly at: number;
      readonly step: StepName;
      readonly kind: ErrorKind;
      readonly code: string;
      /** What the application is told when the person goes back to it. */
      readonly error: LoginFailure['error'];
      readonly message: string;
      /** Of the account that was not let in. */
      readonly userId?: string;
    };

/**
 * One login as it is stored between any two steps: what is here decides which step is due. It never holds a password, and when it has ended
 * nothing about the person but whose account was not let in.
 */
export interface Login {
  readonly id: string;
  readonly request: LoginRequest;
  /** Milliseconds since the epoch, as all times here. */
  readonly startedAt: number;
  readonly expiresAt: number;
  /** SHA-256 of the cookie of the browser that started it, base64url. */
  readonly browser: string;
  readonly choice?: Choice;
  readonly departure?: Departure;
  /** Until then one request is working on it, and others keep off. */
  readonly busyUntil?: number;
  readonly identity?: ExternalIdentity;
  readonly authentication?: Authentication;
  /** The application may learn what it asks for: it needs nobody's consent, or has it. */
  readonly released?: boolean;
  readonly sessionUntil?: number;
  readonly ending?: Ending;
}

/** Whether somebody came back from the identity provider, or was here before: from here on the login only goes forward. */
export const isRecognised = ({ identity, authentication }: Login): boolean => identity !== undefined || authentication !== undefined;

/** Whether the person was signed in before, so that the login only asks what another application may learn. */
export const isSignedIn = ({ id, authentication }: Login): boolean => authentication !== undefined && authentication.loginId !== id;

/** What a step adds to the login. `undefined` takes a value away. */
export type LoginChanges = Partial<Omit<Login, 'id' | 'request' | 'startedAt' | 'expiresAt' | 'browser'>>;
