import { Inject, Injectable } from '@nestjs/common';
import type { ExternalIdentity } from '@foyer/federation';
import type { IdentityProvider } from '@foyer/identity-providers';
import { FoyerError, Metrics, RateLimits } from '@foyer/platform';
import { splitUsername, USER_STORE_DIRECTORY, type UserStoreDirectory } from '@foyer/userstores';
import type { AskOwnership } from '../plan/plan-steps.js';
import type { OwnershipProof } from '../plan/snapshot.js';
import { linkKey } from './link-key.js';

/** A password with which somebody wants to prove that an account is theirs. It lives as long as its request. */
export interface ClaimedOwnership {
  readonly identity: ExternalIdentity;
  readonly identityProvider: IdentityProvider;
  /** As they typed it, where the account was not named to them. */
  readonly username?: string;
  readonly password: string;
  readonly address: string;
}

const outcomes = {
  'ownership.wrong': 'wrong',
  'ownership.tooMany': 'tooMany',
  'store.unavailable': 'unavailable',
} as const satisfies Readonly<Record<NonNullable<OwnershipProof['problem']>, string>>;

/** No account can have this username, so that checking a password for it costs what checking any other does. */
const nobody = 'nobody/';

/**
 * Checks proofs of ownership. What fails counts against the external identity and the address that it came from, never against the account: its
 * owner can be locked out by nobody.
 */
@Injectable()
export class OwnershipProofs {
  private readonly counter;

  constructor(
    @Inject(USER_STORE_DIRECTORY) private readonly stores: UserStoreDirectory,
    @Inject(RateLimits) private readonly limits: Pick<RateLimits, 'checkFailures' | 'failed'>,
    metrics: Metrics,
  ) {
    const help = 'Attempts to prove that an account is theirs, of people at an identity provider: proven, wrong, tooMany or unavailable.';
    this.counter = metrics.counter('ownership_proofs_total', help, ['idp', 'outcome']);
  }

  async check(ask: AskOwnership, claimed: ClaimedOwnership): Promise<OwnershipProof> {
    const proof = await this.checked(ask, claimed);
    this.counter.inc({ idp: claimed.identityProvider.name, outcome: proof.problem ? outcomes[proof.problem] : 'proven' });
    return proof;
  }

  private async checked(ask: AskOwnership, claimed: ClaimedOwnership): Promise<OwnershipProof> {
    const { userId, userStore } = ask;
    const store = this.stores.find(userStore)?.store;
    if (!store) return { userId, problem: 'store.unavailable' };
    const who = `ownership ${linkKey({ ...claimed.identity, identityProviderId: claimed.identityProvider.id })}`;
    try {
      await this.limits.checkFailures(claimed.address, who);
      const account = await store.verifyPassword(ask.username ?? typedName(userStore, claimed.username), claimed.password);
      if (account?.userId !== userId) {
        await this.limits.failed(claimed.address, who);
        return { userId, problem: 'ownership.wrong' };
      }
      // Guesses that were sent all at once passed the first check together; the failures among them count before one that is right.
      await this.limits.checkFailures(claimed.address, who);
      return { userId };
    } catch (error) {
      if (error instanceof FoyerError && error.kind === 'tooMany') {
        return { userId, problem: 'ownership.tooMany', ...(error.retryAfter !== undefined && { retryAfter: error.retryAfter }) };
      }
      if (error instanceof FoyerError && error.kind === 'unavailable') return { userId, problem: 'store.unavailable' };
      throw error;
    }
  }
}

/** The username that a person means, who need not say in which store it is. */
function typedName(userStore: string, typed = ''): string {
  try {
    const { domain = userStore, username } = splitUsername(typed.trim());
    return domain.toUpperCase() === userStore.toUpperCase() ? username : nobody;
  } catch (error) {
    if (error instanceof FoyerError) return nobody;
    throw error;
  }
}
