import { FoyerError } from '@foyer/platform';
import { isDenialReason } from '../plan/reasons.js';
import type { StoreFailure } from '../plan/snapshot.js';

/** How applying a plan ended. */
export type Applied =
  | { readonly status: 'applied' }
  /** What the plan was decided on is no longer so, and nothing of it was done for good: somebody has to plan again. */
  | { readonly status: 'stale' }
  | { readonly status: 'failed'; readonly failure: StoreFailure; readonly cause: FoyerError };

/** Thrown inside a transaction to leave it without a trace: the plan was decided on something that is no longer so. */
export class StalePlan extends Error {}

/** Codes of stores that mean: somebody was faster. */
const overtaken: readonly string[] = ['username.taken', 'account.notFound'];

export const isOvertaken = (error: unknown): boolean =>
  error instanceof StalePlan || (error instanceof FoyerError && overtaken.includes(error.code));

/** A store's error in the terms of a plan. */
export const storeFailure = (error: FoyerError): StoreFailure => ({
  code: isDenialReason(error.code) ? error.code : 'store.failed',
  message: error.message,
  passable: error.kind === 'unavailable' || error.code === 'store.readOnly',
});
