import type { ExternalIdentity } from '@foyer/federation';
import type { IdentityProvider } from '@foyer/identity-providers';
import type { Answers } from './plan/answers.js';
import type { Ask, MappedPerson } from './plan/plan-steps.js';

export interface ProvisionInput {
  readonly loginId: string;
  readonly identityProvider: IdentityProvider;
  readonly identity: ExternalIdentity;
  /** When the person was asked something before. */
  readonly answers?: Answers;
  /** Of the page that asks, for receipts: BCP 47. */
  readonly language?: string;
  /** W3C Trace Context of the login, which goes on in the jobs that follow from it. */
  readonly traceparent?: string;
  /** Where the browser's request came from: what failed proofs of ownership are counted by. */
  readonly address?: string;
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
      readonly mapped: MappedPerson;
      /** A job writes to the store: until it has, applications are told what is mapped. */
      readonly deferred?: true;
    }
  | {
      /** No account: JIT is off (`skip`), or a failing store or a refusal was passed over (`admit`). Only mapped claims are released, no stored ones. */
      readonly kind: 'claims';
      readonly subject: string;
      readonly outcome: 'skip' | 'admit';
      readonly mapped: MappedPerson;
    }
  | {
      /** The person has to answer first; nothing was written. With the same input again, the same is asked. */
      readonly kind: 'prompt';
      readonly asks: readonly Ask[];
    }
  | {
      readonly kind: 'denied';
      /** Stable, such as `username.taken`. */
      readonly code: string;
      /** A sentence for an administrator: which step, which claim, which rule. */
      readonly reason: string;
      /** Of the account that the identity leads to, if it led to one before. */
      readonly userId?: string;
    };
