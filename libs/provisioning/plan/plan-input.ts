import type { ExternalIdentity } from '@foyer/federation';
import type { IdentityProvider } from '@foyer/identity-providers';
import type { Answers } from './answers.js';
import type { Snapshot } from './snapshot.js';

/** All that a decision is made of: nothing else is looked at, not even the clock. */
export interface PlanInput {
  readonly identity: ExternalIdentity;
  readonly identityProvider: IdentityProvider;
  readonly snapshot: Snapshot;
  /**
   * Whose decision it is. `login`: somebody waits, and can be asked. With `jit.mode: nonBlocking` all that is decided then is what Foyer's own database
   * tells, and the rest is left to a job. `job`: the rest; nobody can be asked, and id, store and username stay as they were decided.
   */
  readonly during: 'login' | 'job';
  readonly answers?: Answers;
  /** What receipts of consent tell of the occasion. */
  readonly loginId: string;
  /** The language that the person was asked in: BCP 47. */
  readonly language: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly newId: () => string;
}

/** Whether the store is left to a job: the decision is made of what Foyer's own database tells. */
export const isDeferred = ({ during, identityProvider: { jit } }: Pick<PlanInput, 'during' | 'identityProvider'>): boolean =>
  during === 'login' && jit.enabled && jit.mode === 'nonBlocking';
