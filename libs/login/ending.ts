import { databaseFault, FoyerError, type ErrorKind } from '@foyer/platform';
import { AccountDenied } from './account-denied.js';
import type { LoginFailure } from './contract.js';
import type { Ending, Login, StepName } from './login.js';

/** What an application is told when a person goes back to it after a failure (RFC 6749 §4.1.2.1). */
const oauthErrors: Readonly<Partial<Record<ErrorKind, LoginFailure['error']>>> = {
  forbidden: 'access_denied',
  invalid: 'access_denied',
  conflict: 'access_denied',
  notFound: 'access_denied',
  upstreamSilent: 'temporarily_unavailable',
  unavailable: 'temporarily_unavailable',
};

/** What a step threw, in Foyer's terms. Anything unexpected is an internal error with the original as its cause. */
export function asFoyerError(thrown: unknown): FoyerError {
  const error = databaseFault(thrown);
  return error instanceof FoyerError
    ? error
    : new FoyerError('internal', 'login.failed', 'The login failed unexpectedly.', { cause: error });
}

/** How a login ends by an error that a step threw. */
export function endingOf(error: FoyerError, step: StepName, at: number): Ending {
  const { kind, code, message } = error;
  const outcome = kind === 'forbidden' ? 'denied' : 'failed';
  const userId = error instanceof AccountDenied ? error.userId : undefined;
  const ending = { outcome, at, step, kind, code, error: oauthErrors[kind] ?? 'server_error', message } as const;
  return userId === undefined ? ending : { ...ending, userId };
}

/** A login that has ended, without what it knew of the person. */
export function forgetPerson(login: Login): Login {
  const { id, request, startedAt, expiresAt, browser, choice, departure, ending } = login;
  const used = departure && { state: departure.state, used: departure.used };
  return { id, request, startedAt, expiresAt, browser, choice, departure: used, ending };
}
