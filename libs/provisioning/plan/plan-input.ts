import type { ExternalIdentity } from '@foyer/federation';
import type { IdentityProvider } from '@foyer/identity-providers';
import type { Answers } from './answers.js';
import type { Snapshot } from './snapshot.js';

/** All that a decision is made of: nothing else is looked at, not even the clock. */
export interface PlanInput {
  readonly identity: ExternalIdentity;
  readonly identityProvider: IdentityProvider;
  readonly snapshot: Snapshot;
  readonly answers?: Answers;
  /** What receipts of consent tell of the occasion. */
  readonly loginId: string;
  /** The language that the person was asked in: BCP 47. */
  readonly language: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly newId: () => string;
}
