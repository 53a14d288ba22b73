import type { ExternalIdentity } from '@foyer/federation';
import type { IdentityProvider } from '@foyer/identity-providers';
import type { Snapshot } from './snapshot.js';

/** All that a decision is made of: nothing else is looked at, not even the clock. */
export interface PlanInput {
  readonly identity: ExternalIdentity;
  readonly identityProvider: IdentityProvider;
  readonly snapshot: Snapshot;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly newId: () => string;
}
