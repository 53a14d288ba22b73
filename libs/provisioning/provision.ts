import type { Attributes } from '@foyer/platform';
import type { ExternalIdentity } from '@foyer/federation';
import type { IdentityProvider } from '@foyer/identity-providers';

export interface ProvisionInput {
  readonly loginId: string;
  readonly identityProvider: IdentityProvider;
  readonly identity: ExternalIdentity;
}

/** What the login goes on with. `subject` is what applications see as `sub`: always an id minted by Foyer. */
export type ProvisionResult =
  | {
      /** The person has an account. */
      readonly kind: 'account';
      readonly subject: string;
      readonly outcome: 'create' | 'update' | 'link' | 'unchanged';
      readonly userStore: string;
      readonly username: string;
    }
  | {
      /** No account: JIT is off (`skip`), or a failing store was passed over (`admit`). Only mapped claims are released, no stored ones. */
      readonly kind: 'claims';
      readonly subject: string;
      readonly outcome: 'skip' | 'admit';
      readonly attributes: Attributes;
    }
  | {
      readonly kind: 'denied';
      /** Stable, such as `username.taken`. */
      readonly code: string;
      /** A sentence for an administrator: which step, which claim, which rule. */
      readonly reason: string;
    };
