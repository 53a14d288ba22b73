import { FoyerError } from '@foyer/platform';

/** The errors of stores and of the registry, each made in one place. */

export const usernameTaken = (cause?: unknown): FoyerError =>
  new FoyerError('conflict', 'username.taken', 'This username is taken in the user store.', { cause });

export const storeReadOnly = (domain: string): FoyerError =>
  new FoyerError('conflict', 'store.readOnly', `The user store ${domain} is read-only.`);

export const storeDisabled = (domain: string): FoyerError =>
  new FoyerError('conflict', 'store.disabled', `The user store ${domain} is disabled.`);

/** @param retryAfter seconds */
export const storeUnavailable = (domain: string, cause: unknown, retryAfter?: number): FoyerError =>
  new FoyerError('unavailable', 'store.unavailable', `The user store ${domain} does not answer at the moment.`, { cause, retryAfter });

export const accountNotFound = (domain: string): FoyerError =>
  new FoyerError('notFound', 'account.notFound', `The user store ${domain} has no such account.`);
